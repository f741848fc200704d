// What a heartbeat by HTTP is an observation of, and the sentence that people read of a failure.
// Promises that what a job sent is quoted in one plain line. Pure.
import { sayDuration } from '#core/duration.ts'
import { plain } from '#core/message.ts'
import type { Observation } from '#core/observation.ts'
import type { Body } from './body.ts'
import type { Target } from './target.ts'

/** `key`: that of the monitor; the target may have its secret id. */
export function observed(
  { monitor, key, at }: { monitor: number; key: string; at: number },
  target: Target,
  body: Body,
): Observation {
  const { signal, exit, run, took = null } = target
  const failed = signal === 'fail'
  return {
    monitor,
    location: 'local',
    at,
    outcome: failed ? 'down' : signal === 'start' ? 'unknown' : 'up',
    signal,
    latency: signal === 'start' ? null : took,
    reason: failed ? 'failed' : null,
    sentence: failed ? sayFailure(key, target, body) : null,
    ...(run === undefined ? {} : { run }),
    ...(failed && (exit !== null || run !== undefined) ? { facts: factsOf(target) } : {}),
  }
}

const factsOf = ({ exit, run }: Target) => ({
  ...(exit === null ? {} : { exit_status: exit }),
  ...(run === undefined ? {} : { run }),
})

const excerptMost = 200

/** Who is called for a failure sees what it said last, or first where the end was not kept, and where all of it is. */
function sayFailure(key: string, { exit, took }: Target, { bytes, size }: Body): string {
  const after = took === undefined ? '' : ` after ${sayDuration(took)}`
  const what = exit === null ? `It reported a failure itself${after}` : `It ended with exit status ${exit}${after}`
  const lines = new TextDecoder()
    .decode(bytes)
    .split(/[\r\n]+/)
    .map((line) => plain(line, excerptMost))
    .filter((line) => line !== '')
  const cut = size > bytes.length
  const line = cut ? lines[0] : lines.at(-1)
  if (line === undefined) return `${what}.`
  const where = `/api/v2/monitors/${key}/log`
  return `${what}; what it sent ${cut ? 'begins' : 'ends'} with “${line}” (see ${where}).`
}
