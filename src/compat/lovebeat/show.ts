// What lovebeat's clients read of services, views and alarms, in the forms of both generations, to the byte.
// Promises that what nobody knows is never told as well: `new`, or `paused` in the older words. Pure.
import { wireName } from '#core/key.ts'
import { learns, type Threshold } from '#core/expected.ts'
import type { Policy } from '#core/policy.ts'
import { learnt } from '#core/rhythm.ts'
import type { MonitorState } from '#core/state.ts'

/** The newer generation (1.0), or the older one (0.8). */
export type Generation = '1.0' | '0.8'

export interface Service {
  readonly key: string
  readonly name: string
  readonly policy: Pick<Policy, 'beat'>
  /** Null: nobody has looked yet. */
  readonly state: MonitorState | null
  readonly createdAt: number
}

/** As the older generation counts: the newer one has no warnings. */
export type Mood = 'ok' | 'warning' | 'error' | 'muted' | 'new'

export function moodOf(state: MonitorState | null): Mood {
  if (state === null) return 'new'
  if (state.paused) return 'muted'
  if (state.status === 'down') return 'error'
  if (state.status === 'degraded') return 'warning'
  return state.status === 'up' ? 'ok' : 'new'
}

/** The newer generation has no warnings, the older one neither what is new nor muted. */
export const wordOf = (mood: Mood, generation: Generation): string =>
  generation === '1.0' ? (mood === 'warning' ? 'ok' : mood) : mood === 'muted' || mood === 'new' ? 'paused' : mood

const second = 1_000
const beatAtOf = (state: MonitorState | null) => state?.beatAt ?? state?.lastAt ?? null

/** A threshold counted from the last beat, ms; `auto`, or null: none. */
function sinceBeat({ beat }: Service['policy'], which: 'degradedAfter' | 'downAfter'): Threshold {
  if (beat === null || beat.calmAfter !== null) return null
  const after = beat[which]
  if (beat.due === null || typeof after !== 'number') return after
  return 'every' in beat.due ? beat.due.every + after : null
}

/** The newer form; `alarms`: names of the views that it belongs to. */
export function service(one: Service, alarms: readonly string[]) {
  const { state } = one
  const timeout = sinceBeat(one.policy, 'downAfter')
  return {
    name: wireName(one),
    last_beat: beatAtOf(state) ?? -1,
    timeout: timeout === null ? -1 : timeout === 'auto' ? -2 : timeout,
    state: wordOf(moodOf(state), '1.0'),
    muted_since: state?.paused ? state.since : 0,
    last_state_change: state?.since ?? one.createdAt,
    ...(alarms.length === 0 ? {} : { in_alarms: alarms }),
    ...analysisOf(one),
  }
}

/** From so many intervals on there is something to say of them. */
const analysedLeast = 10

function analysisOf({ policy, state }: Service) {
  const intervals = state?.rhythm?.intervals ?? []
  if (policy.beat === null || !learns(policy.beat) || intervals.length < analysedLeast) return {}
  const sorted = intervals.toSorted((one, other) => one - other)
  const at = (part: number) => sorted[Math.floor(part * (sorted.length - 1))] as number
  const [low, high] = [at(0.1), at(0.9)]
  const range = { lower: Math.round(low / second), upper: Math.round(high / second), percentage: 90 }
  return { analysis: high >= 5 * low ? { ...range, unstable: true } : range }
}

/** The older form, in seconds; `views`: names of those that it belongs to, told where they are asked for. */
export function olderService(one: Service, views: readonly string[] | null, now: number) {
  const { state, policy } = one
  const last = beatAtOf(state)
  const lastBeat = last === null ? -1 : Math.floor(last / second)
  const seconds = (threshold: Threshold) => {
    const known = threshold === 'auto' ? (learnt(state?.rhythm)?.timeout ?? 'auto') : threshold
    return known === null ? -1 : known === 'auto' ? -2 : Math.ceil(known / second)
  }
  return {
    name: wireName(one),
    last_beat: lastBeat,
    last_beat_delta: Math.floor(now / second) - lastBeat,
    warning_timeout: seconds(sinceBeat(policy, 'degradedAfter')),
    error_timeout: seconds(sinceBeat(policy, 'downAfter')),
    state: wordOf(moodOf(state), '0.8'),
    ...(views === null ? {} : { views: views.map((name) => ({ name })) }),
  }
}

/** A view in the newer words: an alarm, which no longer has warnings. */
export function alarm(one: Service, failed: readonly string[]) {
  const mood = moodOf(one.state)
  return {
    name: wireName(one),
    state: mood === 'muted' ? 'ok' : wordOf(mood, '1.0'),
    incident_nbr: one.state?.outages ?? 0,
    failed_services: failed,
    last_state_change: one.state?.since ?? one.createdAt,
  }
}

/** A view in the older words; null: in a list, which told no more of it. */
export function view(one: Service, more: ViewMore | null) {
  const { regexp, mail, webhook } = more ?? { regexp: null, mail: '', webhook: '' }
  const state = wordOf(moodOf(one.state), '0.8')
  const name = wireName(one)
  return { name, state, ...(regexp === null ? {} : { regexp }), alert_mail: mail, webhooks: webhook }
}

/** What one view alone is asked for: its pattern, and whom it tells. */
export interface ViewMore {
  readonly regexp: string
  readonly mail: string
  readonly webhook: string
}

/** How many services are how. */
export interface Counts {
  readonly ok: number
  readonly warning: number
  readonly error: number
}

/** What is not known to be in trouble counts as ok, as it did with them. */
export function countsOf(states: Iterable<MonitorState | null>): Counts {
  const counts = { ok: 0, warning: 0, error: 0 }
  for (const state of states) {
    const mood = moodOf(state)
    counts[mood === 'error' || mood === 'warning' ? mood : 'ok'] += 1
  }
  return counts
}

/** `warnings`: as six lines of the older generation; the newer one's four count them as ok. */
export function status({ ok, warning, error }: Counts, warnings: boolean): Record<string, number | boolean> {
  if (!warnings) return { num_ok: ok + warning, num_error: error, has_error: error > 0, good: error === 0 }
  return {
    num_ok: ok,
    num_warning: warning,
    num_error: error,
    has_warning: warning > 0,
    has_error: error > 0,
    good: warning === 0 && error === 0,
  }
}

export const statusText = (lines: Readonly<Record<string, number | boolean>>): string =>
  Object.entries(lines)
    .map(([name, value]) => `${name} ${value}\n`)
    .join('')

/** JSON as they wrote it: two spaces, signs of HTML escaped, a line feed at the end. */
export const json = (value: unknown): string => `${written(value)}\n`

/** What stands around a list: what comes before it, its name, and the time. */
export interface Around {
  readonly head: Readonly<Record<string, unknown>>
  readonly name: string
  readonly now: number
}

/** The same of a long list, in pieces; `around` null: the list alone. */
export function* jsonList(items: Iterable<object>, around: Around | null): Generator<string> {
  const indent = around === null ? '' : '  '
  const heads = Object.entries(around?.head ?? {}).map(([name, value]) => `  "${name}": ${indented(value, '  ')},\n`)
  yield around === null ? '[' : `{\n${heads.join('')}  "${around.name}": [`
  let before = '\n'
  for (const item of items) {
    yield `${before}${indent}  ${indented(item, `${indent}  `)}`
    before = ',\n'
  }
  yield before === '\n' ? ']' : `\n${indent}]`
  yield around === null ? '\n' : `,\n  "now": ${around.now}\n}\n`
}

const indented = (value: unknown, indent: string): string => written(value).replaceAll('\n', `\n${indent}`)

function written(value: unknown): string {
  const text = JSON.stringify(value, null, 2)
  return /[<>&\u2028\u2029]/.test(text) ? text.replaceAll(/[<>&\u2028\u2029]/g, escaped) : text
}

const escaped = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
