// The lines that lovebeat's servers were observed to take, sent to a whole engine through real sockets.
// Where neither generation is followed the row is named here, with the reason.
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { test } from 'node:test'
import { namedBy } from '#core/key.ts'
import { systemClock } from '#platform/clock.ts'
import { silentLog } from '#platform/log.ts'
import { openEngine } from '#test/engine-house.ts'
import { onEachStore } from '#test/stores.ts'
import { until } from '#test/until.ts'
import { openBeats } from '../index.ts'

type Outcome = 'beat' | 'ok' | 'warning' | 'error'
type Services = Readonly<Record<string, Outcome>>
interface Row {
  readonly what?: string
  readonly by: 'udp' | 'tcp'
  readonly send: readonly (readonly [string, number])[]
  readonly g1: Services
  readonly g3: Services
}

const rows = JSON.parse(
  readFileSync(new URL('../../../test/golden/lovebeat/lines.json', import.meta.url), 'utf8'),
) as readonly Row[]

const noBeatYet = 'a timeout set before any beat has not passed yet: nothing is known, so nothing is wrong'
const moreFits = 'a datagram may have 64 KiB, so what they cut off is taken'

/** Where we do what neither generation did: the service, what it is with us, and why. */
const deviations: Readonly<Record<string, readonly [Outcome, string]>> = {
  c08: ['beat', 'a carriage return ends a line by UDP as well as by TCP'],

  x01: ['ok', noBeatYet],
  x02: ['ok', noBeatYet],
  x03: ['ok', noBeatYet],
  x04: ['ok', noBeatYet],
  x05: ['ok', noBeatYet],
  y04: ['ok', 'auto knows no timeout before it has learnt six intervals'],
  f02: ['beat', moreFits],
  ...Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`h${n + 40}`, ['beat', moreFits] as const])),
}

const bytesOf = ([text, times]: Row['send'][number]) => Buffer.from(text.repeat(times), 'latin1')
const linesOf = (all: readonly Row[]) => {
  const bytes = all.map(({ send }) => Buffer.concat(send.map(bytesOf)).toString('latin1'))
  return bytes.flatMap((text) => text.split('\n')).filter((line) => line !== '').length
}

async function sendUdp(port: number, { send }: Row): Promise<void> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve, reject) => {
    const done = (error: Error | null) => (error ? reject(error) : resolve())
    socket.send(Buffer.concat(send.map(bytesOf)), port, '127.0.0.1', done)
  })
  socket.close()
}

async function sendTcp(port: number, { send }: Row): Promise<void> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true)
  // A line without end is answered by a reset.
  socket.on('error', () => {})
  const closed = once(socket, 'close')
  for (const piece of send) await new Promise<void>((resolve) => void socket.write(bytesOf(piece), () => resolve()))
  socket.end()
  await closed
}

const key = (service: string) => {
  const bytes = Buffer.from(service, 'latin1')
  return namedBy(bytes, 0, bytes.length)?.key ?? ''
}

/** What a service is expected to be with us: as either generation had it, or as a deviation says. */
function expectedOf({ g1, g3 }: Row, service: string, is: Outcome | undefined): Outcome | undefined {
  const deviation = deviations[service]
  if (deviation === undefined) return is !== undefined && is === g1[service] ? is : (g3[service] ?? g1[service])
  const [ours, why] = deviation
  assert.ok(ours !== g1[service] && ours !== g3[service] && why !== '', `${service} is no deviation`)
  return ours
}

const define: Parameters<typeof onEachStore>[1] = (ground) => {
  test('each line does what it did in one of the generations, or what we say instead', async (context) => {
    const { engine, metrics } = await openEngine(ground.store, systemClock)
    await engine.start()
    const doors = openBeats({
      port: engine.beats,
      requests: { clientOf: () => ({ address: null }), allowed: () => false },
      settings: { networks: ['127.0.0.0/8'] },
      metrics,
      log: silentLog,
      clock: systemClock,
    })
    context.after(async () => {
      await doors.close()
      await engine.close()
    })
    const { udp, tcp } = await doors.listen('127.0.0.1', 0)
    for (const row of rows) await (row.by === 'udp' ? sendUdp(udp.port, row) : sendTcp(tcp.port, row))
    const counted = () =>
      [...metrics.expose().matchAll(/^allswell_beats(?:_rejected)?_total\{.*\} (\d+)$/gm)].reduce(
        (sum, [, count]) => sum + Number(count),
        0,
      )
    // The line after the one without end is lost with its connection.
    await until('every line is accepted or counted as refused', () => counted() === linesOf(rows) - 1)
    const outcome = (service: string): Outcome | undefined => {
      const monitor = engine.catalog.byKey.get(key(service))
      const state = monitor && engine.ingest.state(monitor.id)
      if (!state) return undefined
      if (state.status === 'down') return 'error'
      if (state.status === 'degraded') return 'warning'
      return state.beatAt === null ? 'ok' : 'beat'
    }
    for (const row of rows) {
      const deviating = Object.keys(deviations).filter((one) => row.send.some(([text]) => text.includes(`${one}.`)))
      for (const service of new Set([...Object.keys(row.g1), ...Object.keys(row.g3), ...deviating])) {
        const says = row.what ?? JSON.stringify(row.send)
        const what = () => `${service} is ${outcome(service)}, expected ${expectedOf(row, service, outcome(service))}`
        const isSo = () => outcome(service) === expectedOf(row, service, outcome(service))
        await until(`${says}: ${service} is as expected`, isSo).catch(() => assert.fail(`${says}: ${what()}`))
      }
    }
    const soon = systemClock.now() + 20_000
    for (const { key: one, id } of engine.catalog.byKey.values()) {
      const wakeAt = engine.ingest.state(id)?.wakeAt ?? null
      assert.ok(wakeAt === null || wakeAt > soon, `${one} would be late in a moment`)
    }
    const services = rows.flatMap(({ g1, g3 }) => [...Object.keys(g1), ...Object.keys(g3)])
    const known = new Set([...services, ...Object.keys(deviations)].map(key))
    assert.deepEqual(
      [...engine.catalog.byKey.keys()].filter((one) => !known.has(one)),
      [],
      'nothing else was made',
    )
  })
}

onEachStore('lines of lovebeat', define, ['sqlite'])
