// What clients ask for beside components, incidents and metrics: templates and subscribers.
// Promises to say plainly what there is not, and that templates are for those who may write by them.
import { templatesOf } from '#commands/incident-templates.ts'
import { must } from './board.ts'
import { listReply, sliceOf } from './lists.ts'
import type { Ask, CachetParts, Reply } from './ports.ts'
import { missing, Wrong } from './wrong.ts'

type Template = Awaited<ReturnType<typeof templatesOf>>[number] & { readonly id: number }

const numbered = async (parts: CachetParts): Promise<readonly Template[]> =>
  (await templatesOf(parts)).map((template, index) => ({ ...template, id: index + 1 }))

function shape({ id, name, slug, text }: Template, { generation }: Ask): unknown {
  const about = { id, name, slug, template: text }
  return generation === 'v3' ? { id: String(id), type: 'incidentTemplates', attributes: about } : about
}

export async function listTemplates(parts: CachetParts, ask: Ask): Promise<Reply> {
  must(ask.caller, 'respond')
  return listReply(ask, sliceOf(await numbered(parts), ask), (template) => shape(template, ask))
}

export async function showTemplate(parts: CachetParts, ask: Ask, id: number): Promise<Reply> {
  must(ask.caller, 'respond')
  const found = (await numbered(parts)).find((template) => template.id === id)
  if (found === undefined) throw missing()
  return { status: 200, body: { data: shape(found, ask) } }
}

/** Nobody can subscribe yet, so there are none. */
export function listSubscribers(_: CachetParts, ask: Ask): Reply {
  must(ask.caller, 'edit')
  return listReply(ask, sliceOf([], ask), (one) => one)
}

export function noSubscribers(_: CachetParts, ask: Ask): Reply {
  must(ask.caller, 'edit')
  throw new Wrong(400, '', { details: [{ field: 'email', message: 'This server does not take subscribers yet.' }] })
}

export function noSubscriber(_: CachetParts, ask: Ask): Reply {
  must(ask.caller, 'edit')
  throw missing()
}
