// The story of examples/first-watch as a test, on both databases: real checks and heartbeats flip the page and deliver
// alerts, and a kill -9 in the middle loses nothing and tells nothing twice.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { type Arrival, type Evidence, reckon } from '../../examples/first-watch/reckoning.ts'
import { type Database, Scene } from '../../examples/first-watch/scene.ts'
import { firstWatch } from '../../examples/first-watch/story.ts'
import { type Kind, Terminal, type Teller } from '../../examples/first-watch/teller.ts'

class Listener implements Teller {
  readonly heard: (readonly [kind: Kind, text: string])[] = []

  chapter(): void {}

  tell(kind: Kind, text: string): void {
    this.heard.push([kind, text])
  }

  texts(kind: Kind): string[] {
    return this.heard.filter(([one]) => one === kind).map(([, text]) => text)
  }
}

const well = '“All systems operational”'
const one = '“1 of 8 components has a problem”'
const again = (times: number) => Array.from({ length: times }, () => [one, well]).flat()

async function watch(t: TestContext, database: Database): Promise<void> {
  const scene = await Scene.open(t, database)
  const listener = new Listener()
  const { evidence, findings } = await firstWatch(scene, listener)
  assert.deepEqual(
    findings.filter(({ holds }) => !holds).map(({ claim }) => claim),
    [],
  )
  const hooked = byMonitor(firsts(evidence, 'hook'))
  const pings = hooked['gateway'] !== undefined
  const exchanged = `${well}: nothing is wrong, and nobody is woken`
  const unseen = pings ? [well, well] : []
  const killed = ['nobody answers', one, well]
  const pages = [well, ...again(6), exchanged, ...again(3), ...unseen, ...again(1), ...killed]
  assert.deepEqual(listener.texts('page').slice(0, -1), pages)
  // Trouble that comes back soon is the same incident, and how soon it comes back hangs on the machine.
  assert.match(listener.texts('page').at(-1) ?? '', /\b1[0-3] incidents/)
  const { certificate = [], ...others } = hooked
  const twice = ['monitor.down', 'monitor.up']
  assert.deepEqual(others, {
    shop: [...twice, ...twice, ...twice],
    queue: twice,
    database: [...twice, ...twice],
    name: twice,
    ticker: twice,
    checkout: twice,
    mail: twice,
    worker: twice,
    front: twice,
    ...(pings ? { gateway: twice } : {}),
  })
  const lasting = certificate.filter((event) => event !== 'monitor.identity_changed')
  assert.deepEqual(lasting, ['monitor.degraded', 'monitor.up', 'monitor.down', 'monitor.up'])
  assert.equal(certificate[0], 'monitor.identity_changed')
  assert.ok(evidence.killed.underWay.length > 0, 'messages were under way when it was killed')
}

const firsts = ({ arrived }: Evidence, channel: string): Arrival[] => {
  const all = arrived[channel] ?? []
  return all.filter(({ key }, index) => all.findIndex((other) => other.key === key) === index)
}
const byMonitor = (arrivals: readonly Arrival[]): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(Object.groupBy(arrivals, ({ monitor }) => monitor)).map(([monitor, some = []]) => [
      monitor,
      some.map(({ event }) => event),
    ]),
  )

test('on SQLite every face flips the page and tells by mail and webhook, and a kill -9 loses nothing', (t) =>
  watch(t, 'sqlite'))

test('on PostgreSQL every face flips the page and tells by mail and webhook, and a kill -9 loses nothing', (t) =>
  watch(t, 'postgres'))

const arrival = { key: 'a', monitor: 'shop', event: 'monitor.down', said: 'down' }
const good: Evidence = {
  told: [{ id: 1, channels: ['hook'] }],
  deliveries: [{ event: 1, channel: 'hook', state: 'delivered', idempotencyKey: 'a' }],
  arrived: { hook: [arrival] },
  acknowledged: [
    { sentAt: 0, answeredAt: 2 },
    { sentAt: 5, answeredAt: 9 },
  ],
  beats: [1, 7],
  killed: { underWay: [], acknowledged: 1, since: ['then', 'then'], eventsOfRestart: 0 },
}
const holds = (change: Partial<Evidence>) => reckon({ ...good, ...change }).every((finding) => finding.holds)

test('the reckoning finds a lost, a repeated, a changed and an unknown message', () => {
  assert.ok(holds({}))
  assert.ok(!holds({ arrived: { hook: [] } }), 'lost')
  assert.ok(!holds({ arrived: { hook: [arrival, arrival] } }), 'sent twice without cause')
  const killed = { ...good.killed, underWay: ['a'] }
  assert.ok(holds({ killed, arrived: { hook: [arrival, arrival] } }), 'sent again after the kill')
  assert.ok(!holds({ killed, arrived: { hook: [arrival, { ...arrival, said: 'other' }] } }), 'says something else')
  assert.ok(!holds({ arrived: { hook: [arrival, { ...arrival, key: 'b' }] } }), 'promised by nobody')
})

test('the reckoning takes a warning for trouble, and what merely changed for neither trouble nor its end', () => {
  const told = (...events: string[]) => {
    const arrived = events.map((event, index) => ({ ...arrival, key: String(index), event }))
    const deliveries = arrived.map(({ key }) => ({ ...good.deliveries[0]!, event: Number(key), idempotencyKey: key }))
    return {
      arrived: { hook: arrived },
      deliveries,
      told: deliveries.map(({ event }) => ({ id: event, channels: ['hook'] })),
    }
  }
  assert.ok(holds(told('monitor.identity_changed', 'monitor.degraded', 'monitor.up', 'monitor.identity_changed')))
  assert.ok(!holds(told('monitor.identity_changed', 'monitor.up')))
  assert.ok(!holds(told('monitor.degraded', 'monitor.up', 'monitor.up')))
})

test('the reckoning finds a message that is not delivered, an up before its down and a lost heartbeat', () => {
  assert.ok(!holds({ deliveries: good.deliveries.map((one) => ({ ...one, state: 'dead' })) }))
  assert.ok(!holds({ told: [...good.told, { id: 2, channels: ['hook'] }] }))
  assert.ok(!holds({ arrived: { hook: [{ ...arrival, event: 'monitor.up' }] } }))
  assert.ok(!holds({ beats: [1] }))
  assert.ok(!holds({ beats: [1, 4] }))
  assert.ok(!holds({ killed: { ...good.killed, eventsOfRestart: 1 } }))
  assert.ok(!holds({ killed: { ...good.killed, since: ['then', 'now'] } }))
})

test('the terminal tells one aligned line for each happening and colours only where wanted', () => {
  const said = (coloured: boolean) => {
    let text = ''
    const terminal = new Terminal({ write: (part) => void (text += part) }, coloured)
    terminal.chapter('One')
    terminal.tell('down', 'shop')
    terminal.finding(true, 'held')
    return text
  }
  assert.match(said(false), /^\n {2}1 {2}One\n +\d+\.\d s {2}DOWN {5}shop\n {5}✓ held\n$/)
  assert.ok(said(true).includes('\u001B[31mDOWN'))
})
