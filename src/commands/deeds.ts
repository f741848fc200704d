// Taking trouble on, putting it off, and taking either back, for one monitor.
// Promises the state after the commit, that doing it twice is doing it once, and a sentence where it makes no sense.
// Must not know who is told.
import type { MonitorState } from '#core/state.ts'
import { existing } from './objects.ts'
import type { CommandParts } from './ports.ts'
import { Refused } from './refused.ts'

export interface Acknowledging {
  readonly by: string
  readonly note: string | null
  /** Only this outage, by the number of its first event; left out: whichever is running. */
  readonly outage?: number | undefined
}

/** Takes the running outage on; whoever was first stays. */
export async function acknowledge(parts: CommandParts, key: string, deed: Acknowledging): Promise<MonitorState> {
  const { id, before, at } = await asked(parts, key)
  refusePaused(key, before)
  const { by, note, outage } = deed
  const only = outage === undefined ? {} : { outage }
  const state = await moved(parts, key, id, { type: 'acknowledge', at, by, note, ...only })
  if (state.outage?.acknowledged === undefined || (outage !== undefined && outage !== state.outage.seq))
    throw new Refused({ kind: 'impossible', why: `The monitor "${key}" is in no trouble that could be acknowledged.` })
  if (state.version !== before?.version && state.outage.acknowledged.by === by)
    await record(parts, key, 'acknowledged', note === null ? [] : [{ path: 'note', after: note }])
  return state
}

export async function unacknowledge(parts: CommandParts, key: string, by: string): Promise<MonitorState> {
  const { id, before, at } = await asked(parts, key)
  const state = await moved(parts, key, id, { type: 'unacknowledge', at, by })
  if (before?.outage?.acknowledged) await record(parts, key, 'unacknowledged', [])
  return state
}

export interface Snoozing {
  readonly by: string
  /** Epoch ms. */
  readonly until: number
  /** Only while this outage runs; left out: whatever is wrong, or will be. */
  readonly outage?: number | undefined
}

/** The longest time for which a monitor is put off. */
export const snoozeMost = 366 * 86_400_000

/** Tells nobody of what is wrong until then; who asks again says until when anew. */
export async function snooze(parts: CommandParts, key: string, deed: Snoozing): Promise<MonitorState> {
  const { id, before, at } = await asked(parts, key)
  refusePaused(key, before)
  const { by, until, outage } = deed
  if (until <= at) throw invalid('until', 'has passed already')
  if (until > at + snoozeMost) throw invalid('until', 'must be within a year; for longer, pause the monitor')
  const only = outage === undefined ? {} : { outage }
  const state = await moved(parts, key, id, { type: 'snooze', at, by, until, ...only })
  if (state.snooze?.until !== until)
    throw new Refused({ kind: 'impossible', why: `The trouble of the monitor "${key}" is over already.` })
  const changes = [{ path: 'until', after: new Date(until).toISOString() }]
  if (before?.snooze?.until !== until) await record(parts, key, 'snoozed', changes)
  return state
}

export async function unsnooze(parts: CommandParts, key: string, by: string): Promise<MonitorState> {
  const { id, before, at } = await asked(parts, key)
  const state = await moved(parts, key, id, { type: 'unsnooze', at, by })
  if (before?.snooze) await record(parts, key, 'unsnoozed', [])
  return state
}

async function asked(parts: CommandParts, key: string) {
  const { id } = await existing(parts.store, { type: 'monitor', key })
  const before = (await parts.store.states.get([id])).get(id) ?? null
  return { id, before, at: parts.clock.now() }
}

async function moved(
  { engine }: CommandParts,
  key: string,
  id: number,
  input: Parameters<CommandParts['engine']['input']>[1],
): Promise<MonitorState> {
  const state = await engine.input(id, input)
  if (state === null) throw new Refused({ kind: 'missing', what: 'monitor', key })
  return state
}

function refusePaused(key: string, state: MonitorState | null): void {
  if (state?.paused)
    throw new Refused({ kind: 'impossible', why: `The monitor "${key}" is paused, and tells nobody anything.` })
}

const invalid = (field: string, message: string) =>
  new Refused({ kind: 'invalid', faults: [{ path: [field], message }] })

const record = (
  { store, clock }: CommandParts,
  key: string,
  action: string,
  changes: readonly { readonly path: string; readonly after: unknown }[],
) => store.audit.record({ at: clock.now(), action, type: 'monitor', subject: key, changes })
