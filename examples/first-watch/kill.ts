// The last chapters: Allswell is killed by signal 9 while messages are under way, and started again on the same data.
// Promises to kill it in the middle of things, not between them. Judges nothing: that is the reckoning's part.
import { systemClock } from '#platform/clock.ts'
import { eventually } from '#test/program/wait.ts'
import { arrive, lastEvent, quoted } from './chapter.ts'
import type { Killed } from './reckoning.ts'
import { looked, reporting, type Scene } from './scene.ts'
import type { Teller } from './teller.ts'

const slowMs = 4_000
const leaseMs = 30_000

/** What was known when it was killed. */
export interface Before extends Pick<Killed, 'underWay' | 'acknowledged'> {
  readonly event: number
  readonly since: string
}

export async function killInTheMiddle(scene: Scene, teller: Teller): Promise<Before> {
  const { hook, worker, allswell } = scene
  const { shop, database } = scene.service
  teller.chapter('Allswell is killed while messages are being sent')
  const mark = await lastEvent(scene)
  hook.answer(() => ({ status: 200, afterMs: slowMs }))
  teller.tell('break', `the webhook receiver takes ${slowMs / 1_000} s for each answer`)
  await Promise.all([database.break(), shop.break()])
  teller.tell('break', 'the database closes its port, and the shop answers 500')
  for (const key of ['database', 'shop', 'front']) {
    const { sentence } = await scene.happens('monitor.down', key, mark)
    teller.tell('down', `${key}: ${sentence}`)
  }
  await database.mend()
  teller.tell('mend', 'the database listens again')
  await scene.happens('monitor.up', 'database', mark)
  teller.tell('up', 'database is well again; that message waits until the one before it is through')
  const [{ since }, event, deliveries] = await Promise.all([
    scene.monitor('shop'),
    lastEvent(scene),
    scene.deliveries(),
  ])
  const keys = (state: string) => deliveries.filter((one) => one.state === state).map((one) => one.idempotencyKey)
  const [underWay, waiting] = [keys('sending'), keys('pending')]
  await allswell.kill()
  const acknowledged = worker.acknowledged.length
  teller.tell(
    'kill',
    `process ${allswell.pid}, by signal 9: ${underWay.length} messages under way, ${waiting.length} waiting`,
  )
  teller.tell('beat', `${acknowledged} heartbeats have been acknowledged; the worker goes on trying`)
  teller.tell('page', (await scene.page()) ?? 'nobody answers')
  return { underWay, acknowledged, event, since }
}

export async function startAgain(scene: Scene, teller: Teller, before: Before): Promise<Killed> {
  teller.chapter('Started again')
  scene.hook.answer(() => 200)
  teller.tell('mend', 'the webhook receiver answers at once')
  const startedAt = new Date(systemClock.now()).toISOString()
  const ms = await scene.start()
  teller.tell('start', `Allswell, process ${scene.allswell.pid}, on the same data; ready after ${Math.round(ms)} ms`)
  teller.tell('page', await quoted(scene))
  await eventually('everything has been looked at anew', async () => {
    const all = await Promise.all([...looked, ...reporting].map((key) => scene.monitor(key)))
    return all.every(({ lastAt }) => lastAt !== null && lastAt > startedAt)
  })
  const { since } = await scene.monitor('shop')
  const eventsOfRestart = (await scene.events()).filter(({ id }) => id > before.event).length
  teller.tell('note', `all have been looked at anew, and that made ${eventsOfRestart || 'no'} event`)
  await scene.service.shop.mend()
  teller.tell('mend', 'the shop answers 200 again')
  const up = await scene.happens('monitor.up', 'shop', before.event)
  await scene.happens('monitor.up', 'front', before.event)
  teller.tell('up', 'shop is well again, and so is front')
  teller.tell('page', await quoted(scene))
  if (scene.database === 'postgres')
    teller.tell('note', 'other nodes may share a PostgreSQL: what the killed one was sending is taken over within 10 s')
  await arrive(scene, teller, up)
  const settled = async () => (await scene.deliveries()).every(({ state }) => state === 'delivered')
  await eventually('every message has been delivered', settled, leaseMs)
  const { underWay, acknowledged } = before
  return { underWay, acknowledged, since: [before.since, since], eventsOfRestart }
}
