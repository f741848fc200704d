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
const one = '“1 of 3 components has a problem”'

async function watch(t: TestContext, database: Database): Promise<void> {
  const scene = await Scene.open(t, database)
  const listener = new Listener()
  const { evidence, findings } = await firstWatch(scene, listener)
  assert.deepEqual(
    findings.filter(({ holds }) => !holds).map(({ claim }) => claim),
    [],
  )
  assert.deepEqual(listener.texts('page').slice(0, -1), [
    well,
    one,
    well,
    one,
    well,
    one,
    well,
    'nobody answers',
    one,
    well,
  ])
  assert.match(listener.texts('page').at(-1) ?? '', /5 incidents/)
  for (const channel of ['hook', 'ops'])
    for (const events of Object.values(Object.groupBy(firsts(evidence, channel), ({ monitor }) => monitor)))
      assert.deepEqual(events?.map(({ event }) => event).slice(0, 2), ['monitor.down', 'monitor.up'])
  assert.deepEqual(countBy(firsts(evidence, 'hook')), { shop: 4, database: 4, worker: 2 })
  assert.ok(evidence.killed.underWay.length > 0, 'messages were under way when it was killed')
}

const firsts = ({ arrived }: Evidence, channel: string): Arrival[] => {
  const all = arrived[channel] ?? []
  return all.filter(({ key }, index) => all.findIndex((other) => other.key === key) === index)
}
const countBy = (arrivals: readonly Arrival[]) =>
  Object.fromEntries(
    Object.entries(Object.groupBy(arrivals, ({ monitor }) => monitor)).map(([monitor, some]) => [
      monitor,
      some?.length,
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
