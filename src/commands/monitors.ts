// Pausing, resuming and checking a monitor now.
// Promises the state after the commit. Must not know how a check is made.
import type { Finding } from '#checks/check.ts'
import type { MonitorState } from '#core/state.ts'
import { existing } from './objects.ts'
import type { CommandParts } from './ports.ts'
import { Refused } from './refused.ts'

/** Lays `paused` over a monitor or lifts it; whoever owns it. Already so: nothing changes. */
export async function pauseMonitor(parts: CommandParts, key: string, paused: boolean): Promise<MonitorState> {
  const { id } = await existing(parts.store, { type: 'monitor', key })
  const at = parts.clock.now()
  const before = (await parts.store.states.get([id])).get(id)?.paused ?? false
  const state = await parts.engine.input(id, { type: paused ? 'pause' : 'resume', at })
  if (state === null) throw new Refused({ kind: 'missing', what: 'monitor', key })
  const action = paused ? 'paused' : 'resumed'
  if (state.paused !== before)
    await parts.store.audit.record({ at, action, type: 'monitor', subject: key, changes: [] })
  return state
}

/** Checks an active monitor once, now. */
export async function runMonitor(parts: CommandParts, key: string): Promise<{ finding: Finding; state: MonitorState }> {
  const { id } = await existing(parts.store, { type: 'monitor', key })
  const done = await parts.engine.runNow(key)
  if (done === null) {
    const why = `The monitor "${key}" is not checked: it reports by itself, follows from others, or cannot be read.`
    throw new Refused({ kind: 'impossible', why })
  }
  const state = done.state ?? (await parts.store.states.get([id])).get(id)
  if (!state) throw new Refused({ kind: 'missing', what: 'monitor', key })
  return { finding: done.finding, state }
}
