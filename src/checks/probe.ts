// runProbe: carries out one check of any active kind.
// Promises a finding, never a throw, and that it comes: a kind that overruns its timeout is not waited for.
import { whenCalledOff } from './called-off.ts'
import type { ActiveKind, Finding, ProbeContext } from './check.ts'
import { failed } from './failure.ts'

/** Kinds end by themselves at the timeout; after so many ms more they are taken for broken. */
const patience = 1_000

/** Checks once. A bug in a kind, or its silence, becomes `internal` with the outcome unknown. */
export function runProbe(kind: ActiveKind, config: unknown, context: ProbeContext): Promise<Finding> {
  const { clock, timeout, signal } = context
  return new Promise((resolve) => {
    const stop = new AbortController()
    const settle = (finding: Finding) => {
      timer.cancel()
      deafen()
      resolve(finding)
    }
    const timer = clock.after(timeout + patience, () => {
      stop.abort()
      settle(failed(new Error(`the ${kind.kind} check did not end in time`)))
    })
    const deafen = whenCalledOff(signal, () => stop.abort())
    const inner = { ...context, signal: stop.signal }
    const look = async () => kind.probe(config, inner)
    look().then(settle, (error: unknown) => settle(failed(error)))
  })
}
