// What a POST to a service says: a beat or none, and its thresholds, in the words of both generations of lovebeat.
// Promises that what cannot be understood is said to be wrong, and then nothing is done. Pure.
import { adjusting, type Adjustment } from '#core/expected.ts'
import type { Verb } from '../line/grammar.ts'
import { adjustmentOf } from '../line/say.ts'

export interface Said {
  readonly beat: boolean
  readonly changes: readonly Adjustment[]
}
export type Wrong = { readonly wrong: string }

/** Fields of a form or of the query, and the verb of the lines that says the same. */
const fields = [
  ['warn-tmo', 'warn'],
  ['err-tmo', 'err'],
  ['timeout', 'timeout'],
] as const satisfies readonly (readonly [string, Verb])[]

const auto = -2

/** Reads what was sent; `type`: of the body. */
export async function saidBy(type: string, query: string, body: Uint8Array): Promise<Said | Wrong> {
  const asked = new URLSearchParams(query)
  const media = type.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (media === 'application/json') return byJson(asked, body)
  const form = await formOf(media, type, body)
  if (form === null) return { wrong: 'The body is not a form, though its Content-Type says so.' }
  return byForm((name) => form.get(name) ?? asked.get(name))
}

async function formOf(media: string, type: string, body: Uint8Array): Promise<ReadonlyMap<string, string> | null> {
  if (media !== 'multipart/form-data') {
    // The first of a name counts, as it did with them.
    const all = new URLSearchParams(Buffer.from(body).toString('utf8'))
    return new Map([...all].toReversed())
  }
  try {
    const form = await new Response(Buffer.from(body), { headers: { 'content-type': type } }).formData()
    return new Map(
      [...form].toReversed().flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    )
  } catch {
    return null
  }
}

/** A form is always a beat. */
function byForm(field: (name: string) => string | null): Said | Wrong {
  let changes: readonly Adjustment[] = []
  for (const [name, verb] of fields) {
    const text = field(name)?.trim() ?? ''
    if (text === '') continue
    const value = text === 'auto' ? auto : /^[+-]?\d{1,18}$/.test(text) ? Number(text) : null
    // The older generation left thresholds as they were where it could not read them.
    if (value === null && verb === 'timeout') return wrongTimeout
    const change = value === null ? null : adjustmentOf(verb, value)
    if (change !== null) changes = adjusting(changes, change)
  }
  return { beat: true, changes }
}

const wrongTimeout: Wrong = {
  wrong: 'timeout is a whole number of seconds, or auto; -1 is none, 0 is always in error. Nothing was done.',
}
const wrongJson: Wrong = {
  wrong: 'The body is not a JSON object such as {"timeout": 60, "beat": true}. Nothing was done.',
}
const wrongBeat: Wrong = { wrong: 'beat is true or false. Nothing was done.' }

function byJson(asked: URLSearchParams, body: Uint8Array): Said | Wrong {
  const said = body.length === 0 ? {} : parsed(body)
  if (said === null) return wrongJson
  const { timeout: told, beat = true } = said
  if (typeof beat !== 'boolean') return wrongBeat
  const inQuery = byForm((name) => asked.get(name))
  if ('wrong' in inQuery) return inQuery
  if (told === undefined || told === null) return { beat, changes: inQuery.changes }
  const value = told === 'auto' ? auto : told
  if (typeof value !== 'number' || !Number.isInteger(value)) return wrongTimeout
  const change = adjustmentOf('timeout', value)
  return { beat, changes: change === null ? inQuery.changes : adjusting(inQuery.changes, change) }
}

function parsed(body: Uint8Array): { readonly timeout?: unknown; readonly beat?: unknown } | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    if (value === null) return {}
    return typeof value === 'object' && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}
