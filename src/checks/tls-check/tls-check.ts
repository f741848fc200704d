// The kind `tls`: looks at the certificate of a server, spoken to in TLS at once or by STARTTLS.
// Promises one finding within the timeout, with the certificate in it however bad it is. Must not know who asked.
import type { Facts } from '#core/observation.ts'
import { Attempt } from '../attempt.ts'
import { certificateIdentity } from '../certificate.ts'
import { defineCheck, type Finding, type ProbeContext } from '../check.ts'
import { dial, where } from '../dial.ts'
import { failed } from '../failure.ts'
import { judgeLatency } from '../latency.ts'
import { startTls } from '../starttls/starttls.ts'
import { tlsConfig, type TlsConfig } from './config.ts'
import { brief, evidence, judge } from './judge.ts'
import { nameOf, shakeHands, type Shown } from './shown.ts'

/** What is known so far, for evidence. */
interface Course {
  readonly phases: Record<string, number>
  address: string | null
}

async function probe(config: TlsConfig, context: ProbeContext): Promise<Finding> {
  const { clock } = context
  const attempt = new Attempt(context)
  const course: Course = { phases: {}, address: null }
  const name = nameOf(config.address.host, config.server_name)
  const began = clock.monotonic()
  let shown: Shown
  try {
    shown = await attempt.run(() => look(attempt, config, name, course))
  } catch (error) {
    return failed(error, factsOf(course))
  }
  const latency = clock.monotonic() - began
  const identity = certificateIdentity(brief(shown.path[0]))
  return { ...conclude(config, shown, { name, latency, now: clock.now(), seen: factsOf(course) }), identity }
}

interface Measured {
  readonly name: string
  readonly latency: number
  readonly now: number
  readonly seen: Facts
}

/** What is to be said of what was shown, and of how long it took. */
function conclude(config: TlsConfig, shown: Shown, { name, latency, now, seen }: Measured): Finding {
  const facts = { ...seen, ...evidence(shown, now) }
  const verdict = judge(shown, name, config, now)
  if (verdict?.outcome === 'down') return { ...failed(verdict.failure, facts), latency, facts }
  const well = judgeLatency({ outcome: 'up', latency, reason: null, sentence: null, facts }, config.latency)
  if (!verdict || well.outcome === 'down') return well
  return { ...failed(verdict.failure), outcome: 'degraded', latency, facts }
}

async function look(attempt: Attempt, config: TlsConfig, name: string, course: Course): Promise<Shown> {
  const { clock } = attempt.context
  const { address, ip, starttls: protocol } = config
  const target = where(address.host, address.port)
  const dialled = await dial(attempt, address.host, address.port, ip)
  course.address = dialled.address
  course.phases['resolve'] = dialled.resolve
  course.phases['connect'] = dialled.connect
  const timed = async <Value>(phase: string, work: Promise<Value>): Promise<Value> => {
    const began = clock.monotonic()
    const value = await work
    course.phases[phase] = clock.monotonic() - began
    return value
  }
  if (protocol) await timed('starttls', startTls(attempt, dialled.socket, { protocol, name, target }))
  const { shown } = await timed('tls', shakeHands(attempt, dialled.socket, config, { name, target }))
  return shown
}

function factsOf({ phases, address }: Course): Facts {
  const rounded = Object.entries(phases).map(([name, ms]) => [name, Math.round(ms * 100) / 100])
  return { phases: Object.fromEntries(rounded) as Record<string, number>, ...(address ? { address } : {}) }
}

export const tlsCheck = defineCheck<TlsConfig>({
  kind: 'tls',
  title: 'TLS',
  summary: 'Looks at the certificate of a server: how long it is valid, for whom it is and who vouches for it.',
  config: tlsConfig,
  target: 'address',
  example: { address: 'shop.example.com:443', days_left: { degraded: 21, down: 7 } },
  describe: ({ address, starttls }) =>
    where(address.host, address.port) + (starttls === undefined ? '' : ` (STARTTLS, ${starttls})`),
  probe,
})
