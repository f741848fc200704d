// Tokens: made, listed and revoked by administrators.
// Promises that a secret is answered once, when it is made, and that revoking counts at once on this process.
import { z } from 'zod'
import { createToken, revokeToken, scopes } from '#commands/tokens.ts'
import type { Token } from '#store/store.ts'
import type { ApiParts } from '../parts.ts'
import { Reply, type Route, route } from '../route.ts'
import { limitAsked, limitShown, showLimit } from '../shown-people.ts'
import { byId, iso, isoOrNull, listOf, moment, pageOf, paging, when } from '../shapes.ts'

const scope = z.enum(scopes)
const token = z.object({
  id: z.int(),
  name: z.string(),
  scopes: z.array(z.string()),
  createdAt: when,
  expiresAt: when.nullable(),
  lastUsedAt: when.nullable().describe('To the minute.'),
  labels: limitShown,
  components: z.array(z.string()).nullable().describe('Only for these, each `page/component`; null: for all.'),
  stringNumbers: z.boolean().describe('Clients of Cachet are answered numbers of statuses as texts.'),
  madeBy: z.string().nullable().describe('Null: made before that was kept.'),
})

export function tokenRoutes(parts: ApiParts): Route[] {
  return [
    route({
      at: 'GET /api/v2/tokens',
      scope: 'admin',
      summary: 'List living tokens',
      query: z.strictObject(paging),
      answer: listOf(token),
      handle: async ({ query }) => pageOf((await parts.store.tokens.list(parts.clock.now())).map(show), query),
    }),
    route({
      at: 'POST /api/v2/tokens',
      scope: 'admin',
      summary: 'Make a token; its secret is in this answer and nowhere else',
      status: 201,
      body: z.strictObject({
        name: z.string().min(1).max(100).describe('What it is for.'),
        scopes: z
          .array(scope)
          .min(1)
          .describe('`admin` is all of them; `edit` responds and reads too, `respond` reads.'),
        labels: limitAsked.nullable().optional(),
        components: z
          .array(z.string().regex(/^[^/]+\/.+$/, 'is not a component such as status/db-cluster: its page and its key'))
          .min(1)
          .max(1_000)
          .nullable()
          .describe(
            'With the scope `report` alone: only for these components, each as `page/component`. Such a token ' +
              'says how these are, and can do nothing else.',
          )
          .optional(),
        stringNumbers: z
          .boolean()
          .describe('Answer numbers of statuses as texts in the dialect of Cachet, which some old clients need.')
          .optional(),
        expiresAt: moment.nullable().describe('Left out or null: never.').optional(),
      }),
      answer: token.extend({ secret: z.string().describe('Begins with aw_.') }),
      handle: async ({ body: { name, scopes, expiresAt, labels, components, stringNumbers } }) => {
        const wanted = {
          name,
          scopes: [...new Set(scopes)],
          expiresAt: expiresAt ?? null,
          labels,
          components,
          stringNumbers,
        }
        const { token, secret } = await createToken(parts, wanted)
        return { ...show(token), secret }
      },
    }),
    route({
      at: 'DELETE /api/v2/tokens/{id}',
      scope: 'admin',
      summary: 'Revoke a token; elsewhere it counts within seconds',
      status: 204,
      params: byId,
      answer: null,
      handle: async ({ params: { id } }) => {
        await revokeToken(parts, id)
        parts.auth.forget()
        return new Reply(204, null)
      },
    }),
  ]
}

function show(one: Token): z.input<typeof token> {
  const { id, name, scopes, labels, components, stringNumbers, madeBy, createdAt, expiresAt, lastUsedAt } = one
  const times = { createdAt: iso(createdAt), expiresAt: isoOrNull(expiresAt), lastUsedAt: isoOrNull(lastUsedAt) }
  const only = components === null ? null : [...components]
  return { id, name, scopes: [...scopes], labels: showLimit(labels), components: only, stringNumbers, madeBy, ...times }
}
