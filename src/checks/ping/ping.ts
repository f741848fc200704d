// The kind `ping`: ICMP echo over IPv4 and IPv6, with loss, time and jitter.
// Promises one finding within the timeout, which covers all pings of a check. Must not know how packets look.
import type { Facts } from '#core/observation.ts'
import type { Clock } from '#platform/clock.ts'
import type { Address } from '#platform/outbound.ts'
import { Attempt } from '../attempt.ts'
import { type ActiveKind, defineCheck, type Finding, type ProbeContext } from '../check.ts'
import { failed, socketFailure } from '../failure.ts'
import { config, type PingConfig } from './config.ts'
import { judge } from './judge.ts'
import { type Plan, SendError } from './raw.ts'
import { type Spread, spreadOf, type Tally } from './tally.ts'
import { type Means, ownMeans, Pinger } from './ways.ts'

/** What is known so far, for evidence; a class for the sake of line.ts. */
class Seen {
  address: string | null = null
  resolve: number | null = null
  /** Ms between pings where the timeout did not leave room for what was asked. */
  every: number | null = null
  tally: Tally | null = null
  spread: Spread | null = null
}

/** All is over so many ms before the timeout at least: a tenth of it, at most 100. */
const margin = (timeout: number) => Math.min(100, timeout / 10)
/** Of the time that is left, so much at most goes into sending; the rest is for the last answer. */
const sendingShare = 0.5
const answerRoom = 1_000

/** The spacing that leaves the last ping time to be answered. All in ms. */
export function fit(every: number, count: number, left: number): number {
  const room = Math.max(left * sendingShare, left - answerRoom)
  return count < 2 ? every : Math.max(0, Math.min(every, Math.floor(room / (count - 1))))
}

async function probe(pinger: Pinger, settings: PingConfig, context: ProbeContext): Promise<Finding> {
  const { clock, timeout } = context
  const attempt = new Attempt(context)
  const seen = new Seen()
  const until = clock.monotonic() + timeout - margin(timeout)
  try {
    const tally = await attempt.run(() => pingHost(pinger, attempt, settings, seen, until))
    seen.tally = tally
    seen.spread = spreadOf(tally.times)
    return { ...judge(settings, tally, seen.spread, timeout), facts: facts(seen) }
  } catch (error) {
    return failed(error, facts(seen))
  }
}

async function pingHost(
  pinger: Pinger,
  attempt: Attempt,
  { host, ip, count, every, size }: PingConfig,
  seen: Seen,
  until: number,
): Promise<Tally> {
  const { clock } = attempt.context
  const began = clock.monotonic()
  const addresses = await attempt.resolve(host, ip)
  const now = clock.monotonic()
  seen.resolve = now - began
  attempt.phase = `pinging ${host}`
  const fitted = fit(every, count, until - now)
  if (fitted < every) seen.every = fitted
  return pingFirst(pinger, attempt, addresses, { count, every: fitted, size, until }, seen)
}

/** Pings the first address to which this machine can send; the first failure tells the story. */
async function pingFirst(pinger: Pinger, attempt: Attempt, addresses: Address[], plan: Plan, seen: Seen) {
  let failure: unknown = null
  for (const address of addresses) {
    seen.address = address.address
    try {
      return await pinger.ping(attempt, address, plan)
    } catch (error) {
      failure ??= error instanceof SendError ? socketFailure(error, address.address) : error
      if (!(error instanceof SendError)) break
    }
  }
  throw failure
}

const round = (ms: number) => Math.round(ms * 1_000) / 1_000

function facts({ address, resolve, every, tally, spread }: Seen): Facts {
  const found: Record<string, unknown> = {}
  if (resolve !== null) found['phases'] = { resolve: round(resolve) }
  if (address !== null) found['address'] = address
  if (tally !== null) {
    found['sent'] = tally.sent
    found['received'] = tally.times.length
    found['duplicates'] = tally.duplicates
    found['ignored'] = tally.ignored
    found['by'] = tally.by
  }
  if (spread !== null) {
    const { min, avg, max, jitter } = spread
    found['times'] = { min: round(min), avg: round(avg), max: round(max), jitter: round(jitter) }
  }
  if (every !== null) found['spacing'] = `shortened to ${Math.round(every)} ms, to end within the timeout`
  return found
}

/** The kind with means of one's own: how raw sockets are opened, and where the ping program is looked for. */
export function pingKind(means: () => Means): ActiveKind {
  const pingers = new WeakMap<Clock, Pinger>()
  const pingerOf = (clock: Clock) => {
    const pinger = pingers.get(clock) ?? new Pinger(clock, means())
    pingers.set(clock, pinger)
    return pinger
  }
  return defineCheck<PingConfig>({
    kind: 'ping',
    title: 'Ping',
    summary:
      'Pings a host (ICMP echo) a few times; judges how many answers are lost, how long they take and how evenly.',
    config,
    target: 'host',
    example: { host: 'gw.example.com', count: 5, loss: { degraded: '20%', down: '60%' } },
    describe: ({ host }) => host,
    probe: (settings, context) => probe(pingerOf(context.clock), settings, context),
  })
}

export const ping = pingKind(ownMeans)
