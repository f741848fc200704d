// One chapter of trouble: a face breaks, Allswell notices and tells, the face is mended, Allswell notices and tells.
// Promises to wait for each of these with a bound. Prints nothing itself.
import type { Event, Scene } from './scene.ts'
import { keyOf, keyOfMail, toldBy } from './scene.ts'
import type { Teller } from './teller.ts'

/** Longer than a message may have to wait for one that a killed process had begun to send. */
const arriveMs = 60_000

export interface Trouble {
  /** The keys of the monitors that find it. */
  readonly keys: readonly string[]
  readonly title: string
  readonly breaks: string
  readonly mended: string
  /** How bad it is; down unless said. */
  readonly status?: 'down' | 'degraded'
  /** What else there is to say of it, once it was found. */
  seen?(event: Event): string
  break(): Promise<void> | void
  mend(): Promise<void> | void
  /** Mails can only come when it is mended. */
  readonly noMail?: true
}

export async function tellTrouble(scene: Scene, teller: Teller, trouble: Trouble): Promise<void> {
  const { keys, status = 'down' } = trouble
  teller.chapter(trouble.title)
  const mark = await lastEvent(scene)
  await trouble.break()
  teller.tell('break', trouble.breaks)
  const found = await all(keys, (key) => scene.happens(`monitor.${status}`, key, mark))
  for (const { monitor, sentence } of found) teller.tell(status, `${monitor}: ${sentence}`)
  if (trouble.seen && found[0]) teller.tell('note', trouble.seen(found[0]))
  teller.tell('page', await quoted(scene))
  for (const event of found) await (trouble.noMail ? arriveByHook : arrive)(scene, teller, event)
  await trouble.mend()
  teller.tell('mend', trouble.mended)
  const well = await all(keys, (key) => scene.happens('monitor.up', key, mark))
  for (const { monitor } of well) teller.tell('up', `${monitor} is well again`)
  teller.tell('page', await quoted(scene))
  if (trouble.noMail) for (const event of found) await arriveByMail(scene, teller, event)
  for (const event of well) await arrive(scene, teller, event)
}

const all = <Found>(keys: readonly string[], find: (key: string) => Promise<Found>) => Promise.all(keys.map(find))

/** Waits for the webhook and the mail that tell of an event. */
export async function arrive(scene: Scene, teller: Teller, event: Event): Promise<void> {
  await arriveByHook(scene, teller, event)
  await arriveByMail(scene, teller, event)
}

async function arriveByHook(scene: Scene, teller: Teller, event: Event): Promise<void> {
  const key = await promised(scene, event, 'hook')
  const hooked = await scene.hook.waitFor((request) => keyOf(request) === key, arriveMs)
  const { event: type, monitor } = toldBy(hooked)
  teller.tell('webhook', `${type} of ${monitor.key}, with Idempotency-Key ${keyOf(hooked)}`)
}

async function arriveByMail(scene: Scene, teller: Teller, event: Event): Promise<void> {
  const key = await promised(scene, event, 'ops')
  const mail = await scene.service.mail.waitFor((one) => keyOfMail(one) === key, arriveMs)
  teller.tell('mail', `to ${mail.to.join(', ')}: ${mail.subject}`)
}

/** The key of the message about an event that a channel is to send; such a row is there as soon as the event is. */
async function promised(scene: Scene, { id }: Event, channel: string): Promise<string> {
  const found = (await scene.deliveries()).find((one) => one.event === id && one.channel === channel)
  if (found === undefined) throw new Error(`nobody is told of event ${id} by the channel ${channel}`)
  return found.idempotencyKey
}

/** The number of the last event; 0 before the first. */
export const lastEvent = async (scene: Scene): Promise<number> => (await scene.events()).at(-1)?.id ?? 0

/** The first sentence of the page, as it is read at this moment. */
export const quoted = async (scene: Scene): Promise<string> => `“${(await scene.page()) ?? 'nobody answers'}”`
