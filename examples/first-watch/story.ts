// The story: all is well, each face breaks and is mended in turn, then Allswell itself is killed in the middle of it.
// Promises findings at its end, and waits that are all bounded. Prints nothing itself.
import { eventually } from '#test/program/wait.ts'
import { quoted, tellTrouble, type Trouble } from './chapter.ts'
import { killInTheMiddle, startAgain } from './kill.ts'
import { type Evidence, type Finding, type Killed, reckon } from './reckoning.ts'
import { keyOf, keyOfMail, type Scene, toldBy } from './scene.ts'
import type { Teller } from './teller.ts'

export interface Ending {
  readonly evidence: Evidence
  readonly findings: readonly Finding[]
}

export async function firstWatch(scene: Scene, teller: Teller): Promise<Ending> {
  await beginWell(scene, teller)
  for (const trouble of troubles(scene)) await tellTrouble(scene, teller, trouble)
  const before = await killInTheMiddle(scene, teller)
  const killed = await startAgain(scene, teller, before)
  await eventually('every incident is resolved', async () => {
    const incidents = await scene.incidents()
    return incidents.length > 0 && incidents.every(({ phase }) => phase === 'resolved')
  })
  teller.tell(
    'page',
    `its history now has ${(await scene.incidents()).length} incidents, opened and resolved by themselves`,
  )
  await scene.worker.stop()
  const evidence = await gather(scene, killed)
  return { evidence, findings: reckon(evidence) }
}

async function beginWell(scene: Scene, teller: Teller): Promise<void> {
  teller.chapter('All is well')
  teller.tell('start', `a web shop that answers HTTP on port ${scene.shop.port}`)
  teller.tell('start', `a database that answers TCP on port ${scene.store.port}`)
  teller.tell('start', `a mail server on port ${scene.mail.port} and a webhook receiver on port ${scene.hook.port}`)
  const ms = await scene.start()
  const where = scene.database === 'postgres' ? 'a real PostgreSQL' : `SQLite in ${scene.folder}`
  teller.tell('start', `Allswell, process ${scene.allswell.pid}, with ${where}; ready after ${Math.round(ms)} ms`)
  teller.tell('start', 'a worker that sends a heartbeat some twenty times a second')
  scene.worker.resume()
  for (const key of ['shop', 'database', 'worker']) {
    await scene.happens('monitor.up', key, 0)
    teller.tell('up', `${key} is well`)
  }
  teller.tell('page', await quoted(scene))
  await scene.datagram('night-batch.beat:1|c\n')
  await scene.happens('monitor.up', 'night-batch', 0)
  teller.tell('beat', 'a job that nobody configured sent one line by UDP: it is the monitor night-batch now')
}

function troubles({ shop, store, worker }: Scene): Trouble[] {
  return [
    {
      key: 'shop',
      title: 'The web shop breaks',
      breaks: 'the shop answers 500 to everything',
      mended: 'the shop answers 200 again',
      seen: ({ confirmations }) => `${confirmations} bad answers in a row, as its fail_after says`,
      break: () => shop.break(),
      mend: () => shop.mend(),
    },
    {
      key: 'database',
      title: 'The database breaks',
      breaks: 'the database closes its port',
      mended: 'the database listens again',
      seen: ({ confirmations }) => `${confirmations} refusals in a row, as its fail_after says`,
      break: () => store.break(),
      mend: () => store.mend(),
    },
    {
      key: 'worker',
      title: 'The worker falls silent',
      breaks: 'the worker sends no more heartbeats',
      mended: 'the worker sends heartbeats again',
      seen: () => 'a heartbeat every 2 s is expected, with 1 s of grace: time alone decided it',
      break: () => worker.rest(),
      mend: () => worker.resume(),
    },
  ]
}

async function gather(scene: Scene, killed: Killed): Promise<Evidence> {
  const events = await Promise.all((await scene.events()).map((event) => scene.explained(event)))
  const told = events.map(({ id, explanation }) => ({
    id,
    channels: explanation.filter((line) => line.told).map(({ channel }) => channel),
  }))
  const hook = scene.hook.requests.map((request) => {
    const { event, monitor } = toldBy(request)
    return { key: keyOf(request), monitor: monitor.key, event, said: request.body }
  })
  const ops = scene.mail.messages.map((mail) => {
    const [, word = '', name = ''] = /^(\w+): ([^,]*)/.exec(mail.subject) ?? []
    return { key: keyOfMail(mail), monitor: name, event: `monitor.${word.toLowerCase()}`, said: mail.text }
  })
  return {
    told: told.filter(({ channels }) => channels.length > 0),
    deliveries: await scene.deliveries(),
    arrived: { hook, ops },
    acknowledged: scene.worker.acknowledged,
    beats: await scene.beats(),
    killed,
  }
}
