// Templates of incidents: `{{ name }}` and `{{ incident.name }}` become what they stand for, and nothing else happens.
// Promises no logic at all, so that no template runs, loops or reads what it was not given; bounded in size.
import type { CommandParts } from './ports.ts'
import { Refused } from './refused.ts'

export interface Template {
  /** What programs call it. */
  readonly slug: string
  readonly name: string
  readonly text: string
}

const kept = 'incident_templates'

export async function templatesOf({ store }: Pick<CommandParts, 'store'>): Promise<readonly Template[]> {
  const stored = await store.meta.get(kept)
  return stored === null ? [] : (JSON.parse(stored) as Template[])
}

/** Takes the place of all templates there were. */
export async function keepTemplates(
  parts: Pick<CommandParts, 'store' | 'clock'>,
  all: readonly Template[],
): Promise<void> {
  await parts.store.transaction(async (tx) => {
    await tx.meta.set(kept, JSON.stringify(all))
    const subject = 'templates of incidents'
    await tx.audit.record({ at: parts.clock.now(), action: 'changed', type: 'settings', subject, changes: [] })
  })
}

/** The text that a template makes; throws Refused when there is none of this name. */
export async function fromTemplate(
  parts: Pick<CommandParts, 'store'>,
  slug: string,
  values: Readonly<Record<string, unknown>>,
): Promise<string> {
  const all = await templatesOf(parts)
  const found = all.find((one) => one.slug === slug)
  if (found !== undefined) return filledIn(found.text, values)
  const known = all.length === 0 ? 'there are none' : `there are ${all.map((one) => one.slug).join(', ')}`
  const message = `there is no template "${slug.slice(0, 100)}"; ${known}`
  throw new Refused({ kind: 'invalid', faults: [{ path: ['template'], message }] })
}

const longest = 20_000
const place = /\{\{\s*([A-Za-z_]\w{0,60}(?:\.[A-Za-z_]\w{0,60}){0,3})\s*(?:\|\s*(?:e|escape)\s*)?\}\}/g

/** The text with its places filled in; what is not known is left out. */
export function filledIn(template: string, values: Readonly<Record<string, unknown>>): string {
  let length = 0
  return template.slice(0, longest).replaceAll(place, (_, path: string) => {
    const text = say(path.split('.').reduce<unknown>(within, values)).slice(0, Math.max(0, longest - length))
    length += text.length
    return text
  })
}

function within(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined
}

const say = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
