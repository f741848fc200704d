// DNS checks of a local dnsmasq: CPU seconds per 1,000 of the `dns` kind beside blackbox_exporter and Node's own
// resolver. As a part: `ours|theirs PORT COUNT`.
import { Resolver } from 'node:dns/promises'
import { dns } from '#checks/dns/dns.ts'
import { runProbe } from '#checks/probe.ts'
import { systemClock } from '#platform/clock.ts'
import { deniedByDefault, openOutbound } from '#platform/outbound.ts'
import { median, spendOn, spentBy, startPart } from '../measure.ts'
import type { Row } from '../table.ts'
import { openBlackbox, openDnsmasq } from './tools.ts'

const inFlight = 50
const rounds = 3
const checks = 10_000
const [name, address] = ['shop.example.test', '192.0.2.1']

type Check = () => Promise<void>

function ours(port: number): Check {
  if (!dns.active) throw new Error('dns is not a kind that is checked')
  const kind = dns
  const config = kind.config.parse({ server: `127.0.0.1:${port}`, name, type: 'A', expect: { contains: address } })
  const outbound = openOutbound({ denied: deniedByDefault })
  const { signal } = new AbortController()
  return async () => {
    const finding = await runProbe(kind, config, { clock: systemClock, outbound, timeout: 10_000, signal })
    if (finding.outcome !== 'up') throw new Error(finding.sentence ?? finding.outcome)
  }
}

function theirs(port: number): Check {
  const resolver = new Resolver()
  resolver.setServers([`127.0.0.1:${port}`])
  return async () => {
    if (!(await resolver.resolve4(name)).includes(address)) throw new Error('not well')
  }
}

export async function measureDns(): Promise<Row[]> {
  const server = await openDnsmasq(name, address)
  const blackbox = await openBlackbox(name)
  const found: Record<string, number[]> = {}
  const add = (who: string, value: number) => (found[who] ??= []).push(value)
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const variant of ['ours', 'theirs']) {
        const { part, said } = await startPart('checks/dns.ts', variant, server.port, checks)
        part.disconnect()
        add(variant, said as number)
      }
      if (blackbox === null) continue
      const before = spentBy(blackbox.pid).cpu
      await spendOn(() => blackbox.probe('dns', `127.0.0.1:${server.port}`), checks / 5, inFlight)
      add('blackbox', ((spentBy(blackbox.pid).cpu - before) / (checks / 4)) * 1_000)
    }
  } finally {
    await blackbox?.stop()
    await server.stop()
  }
  const row = (what: string, who: string): Row => ({
    what: 'DNS check',
    unit: 'CPU s per 1,000',
    ours: median(found['ours'] ?? []),
    baseline: { what, value: median(found[who] ?? []) },
    atMost: 0.06,
  })
  return [row('node:dns', 'theirs'), ...(blackbox ? [row('blackbox_exporter', 'blackbox')] : [])]
}

if (import.meta.main) {
  const [variant, port = '', count = ''] = process.argv.slice(2)
  const check = variant === 'ours' ? ours(Number(port)) : theirs(Number(port))
  process.send?.(await spendOn(check, Number(count), inFlight))
  process.once('disconnect', () => process.exit())
}
