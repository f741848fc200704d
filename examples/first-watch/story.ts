// The story: all is well, each face breaks and is mended in turn, then Allswell itself is killed in the middle of it.
// Promises findings at its end, and waits that are all bounded. Prints nothing itself.
import { eventually } from '#test/program/wait.ts'
import { arrive, lastEvent, quoted, tellTrouble, type Trouble } from './chapter.ts'
import { killInTheMiddle, startAgain } from './kill.ts'
import { type Evidence, type Finding, type Killed, reckon } from './reckoning.ts'
import { derived, keyOf, keyOfMail, looked, reporting, type Scene, toldBy } from './scene.ts'
import { gatewayAddress } from './service.ts'
import type { Teller } from './teller.ts'
import { gatewayTrouble, mailTrouble, troublesOfCertificates, troublesOfFaces, workerTrouble } from './troubles.ts'

export interface Ending {
  readonly evidence: Evidence
  readonly findings: readonly Finding[]
}

export async function firstWatch(scene: Scene, teller: Teller): Promise<Ending> {
  const { service } = scene
  const pings = await beginWell(scene, teller)
  const tell = async (troubles: readonly Trouble[]) => {
    for (const trouble of troubles) await tellTrouble(scene, teller, trouble)
  }
  await tell(troublesOfFaces(service))
  await tellExchange(scene, teller)
  await tell([...troublesOfCertificates(service), mailTrouble(service)])
  await tell([...(pings ? [gatewayTrouble(scene)] : []), workerTrouble(scene)])
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

/** Gives whether this machine can ping. */
async function beginWell(scene: Scene, teller: Teller): Promise<boolean> {
  const { shop, checkout, queue, database, names, ticker, mail } = scene.service
  const at = ({ port }: { port: number }) => `on port ${port}`
  teller.chapter('All is well')
  teller.tell('start', `a web shop that answers HTTP ${at(shop)}, and its checkout that answers HTTPS ${at(checkout)}`)
  teller.tell(
    'start',
    `a queue of orders that speaks TLS ${at(queue)}, and a database that answers TCP ${at(database)}`,
  )
  teller.tell('start', `a name server ${at(names)}, and a ticker that answers UDP ${at(ticker)}`)
  teller.tell('start', `a mail server ${at(mail)}, and a webhook receiver ${at(scene.hook)}`)
  const ms = await scene.start()
  const where = scene.database === 'postgres' ? 'a real PostgreSQL' : `SQLite in ${scene.folder}`
  teller.tell('start', `Allswell, process ${scene.allswell.pid}, with ${where}; ready after ${Math.round(ms)} ms`)
  teller.tell('start', 'a worker that sends a heartbeat some twenty times a second')
  scene.worker.resume()
  for (const key of [...looked, ...reporting, ...derived]) {
    await scene.happens('monitor.up', key, 0)
    teller.tell('up', `${key} is well`)
  }
  const pings = await canPing(scene, teller)
  teller.tell('page', await quoted(scene))
  await scene.datagram('night-batch.beat:1|c\n')
  await scene.happens('monitor.up', 'night-batch', 0)
  teller.tell('beat', 'a job that nobody configured sent one line by UDP: it is the monitor night-batch now')
  return pings
}

/** Looks whether pings get out at all: that takes a right, or a program of the system. */
async function canPing(scene: Scene, teller: Teller): Promise<boolean> {
  const { status, sentence } = await eventually('the gateway has been pinged', async () => {
    const seen = await scene.monitor('gateway')
    return seen.reason !== 'no_data' && seen
  })
  const works = status === 'up'
  if (works) teller.tell('up', `gateway is well: ${gatewayAddress} answers pings`)
  else teller.tell('note', `gateway is ${status}, and the story goes on without it. ${sentence}`)
  return works
}

/** Another certificate is as good as the one before, and still people want to know of it. */
async function tellExchange(scene: Scene, teller: Teller): Promise<void> {
  teller.chapter('The checkout gets another certificate')
  const mark = await lastEvent(scene)
  scene.service.checkout.exchange(90)
  teller.tell('swap', 'the certificate of the checkout is exchanged for another good one')
  const changed = await scene.happens('monitor.identity_changed', 'certificate', mark)
  teller.tell('changed', `certificate: ${changed.sentence}`)
  teller.tell('page', `${await quoted(scene)}: nothing is wrong, and nobody is woken`)
  await arrive(scene, teller, changed)
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
  const ops = scene.service.mail.messages.map((mail) => {
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
