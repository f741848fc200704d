// Components of a page: how they are now, and what people and programs say of them.
// Promises that a token for certain components speaks of no other.
import { z } from 'zod'
import { componentStatuses } from '#core/component.ts'
import { componentName, componentsOf, pageOf, sayComponent } from '#commands/components.ts'
import { plain } from '#core/message.ts'
import type { ApiParts } from '../parts.ts'
import { Problem } from '../problem.ts'
import { type Route, route } from '../route.ts'
import { byKey, isoOrNull, when } from '../shapes.ts'

const component = z.object({
  id: z.int().describe('Its number for ever: what clients of Cachet call it.'),
  key: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  link: z.string().nullable(),
  group: z.string().nullable().describe('The heading under which it stands.'),
  hidden: z.boolean(),
  status: z.enum(componentStatuses),
  since: when.nullable().describe('Since when it is so.'),
})

const byComponent = byKey.extend({ component: z.string().max(200) })

export function componentRoutes(parts: ApiParts): Route[] {
  const list = async (key: string) => {
    const page = await pageOf(parts, key)
    const faces = await parts.faces(key)
    const names = componentsOf(page).map((one) => componentName({ page: key, component: one.key }))
    const numbers = await parts.store.numbers.of('component', names, parts.clock.now())
    return page.groups.flatMap((group) =>
      group.components.map((one): z.input<typeof component> => {
        const { name, description, link } = one
        const number = numbers.get(componentName({ page: key, component: one.key }))?.number ?? 0
        const { status = 'unknown', since = null } = faces?.get(one.key) ?? {}
        const about = { id: number, key: one.key, name, description, link, group: group.name }
        return { ...about, hidden: group.hidden || one.hidden, status, since: isoOrNull(since) }
      }),
    )
  }
  return [
    route({
      at: 'GET /api/v2/pages/{key}/components',
      scope: 'read',
      summary: 'List the components of a page, hidden ones too, with how they are now',
      params: byKey,
      answer: z.object({ items: z.array(component) }),
      handle: async ({ params: { key } }) => ({ items: await list(key) }),
    }),
    route({
      at: 'PUT /api/v2/pages/{key}/components/{component}',
      scope: 'report',
      summary: 'Say how a component is: a report like that of a monitor, kept, told and shown',
      params: byComponent,
      body: z.strictObject({
        status: z.enum(componentStatuses),
        sentence: z
          .string()
          .min(1)
          .max(2_000)
          .describe('For people who are alerted; the public does not read it.')
          .optional(),
      }),
      answer: component,
      handle: async ({ params: { key, component: one }, body: { status, sentence }, who }) => {
        const name = { page: key, component: one }
        if (who?.components != null && !who.components.includes(componentName(name))) {
          const detail = `The token "${who.name}" may speak of ${who.components.join(', ')} alone.`
          throw new Problem('forbidden', detail)
        }
        const said = sentence === undefined ? null : plain(sentence, 2_000)
        await sayComponent(parts, name, { status, by: who?.name ?? 'somebody', sentence: said })
        const found = (await list(key)).find((shown) => shown.key === one)
        return found as z.input<typeof component>
      },
    }),
  ]
}
