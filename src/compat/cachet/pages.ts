// Which page is meant, and a first one where there is none yet.
// Promises that a client which only knows components can begin with an empty server. Must not know any shape.
import { createObject } from '#commands/objects.ts'
import { must } from './board.ts'
import type { Ask, CachetParts } from './ports.ts'

/** The key of the page that is asked for; the first one is made by whoever may. */
export async function firstPage(parts: CachetParts, ask: Ask): Promise<string> {
  if (ask.page !== null) return ask.page.key
  must(ask.caller, 'edit')
  const made = await createObject(parts, { type: 'page', key: 'status' }, { title: 'Status', groups: [] })
  return made.key
}
