// One chapter of trouble: a face breaks, Allswell notices and tells, the face is mended, Allswell notices and tells.
// Promises to wait for each of these with a bound. Prints nothing itself.
import type { Event, Scene } from './scene.ts'
import { keyOf, keyOfMail, toldBy } from './scene.ts'
import type { Teller } from './teller.ts'

/** Longer than a message may have to wait for one that a killed process had begun to send. */
const arriveMs = 60_000

export interface Trouble {
  /** The monitor's key. */
  readonly key: string
  readonly title: string
  readonly breaks: string
  readonly mended: string
  /** What had been seen when it was down. */
  seen(down: Event): string
  break(): Promise<void> | void
  mend(): Promise<void> | void
}

export async function tellTrouble(scene: Scene, teller: Teller, trouble: Trouble): Promise<void> {
  const { key } = trouble
  teller.chapter(trouble.title)
  const mark = await lastEvent(scene)
  await trouble.break()
  teller.tell('break', trouble.breaks)
  const down = await scene.happens('monitor.down', key, mark)
  teller.tell('down', `${key}: ${down.sentence}`)
  teller.tell('note', trouble.seen(down))
  teller.tell('page', await quoted(scene))
  await arrive(scene, teller, down)
  await trouble.mend()
  teller.tell('mend', trouble.mended)
  const up = await scene.happens('monitor.up', key, mark)
  teller.tell('up', `${key} is well again`)
  teller.tell('page', await quoted(scene))
  await arrive(scene, teller, up)
}

/** Waits for the webhook and the mail that tell of an event. */
export async function arrive(scene: Scene, teller: Teller, event: Event): Promise<void> {
  const deliveries = (await scene.deliveries()).filter((one) => one.event === event.id)
  const key = (channel: string) => deliveries.find((one) => one.channel === channel)?.idempotencyKey
  const hooked = await scene.hook.waitFor((request) => keyOf(request) === key('hook'), arriveMs)
  const { event: type, monitor } = toldBy(hooked)
  teller.tell('webhook', `${type} of ${monitor.key}, with Idempotency-Key ${keyOf(hooked)}`)
  const mail = await scene.mail.waitFor((one) => keyOfMail(one) === key('ops'), arriveMs)
  teller.tell('mail', `to ${mail.to.join(', ')}: ${mail.subject}`)
}

/** The number of the last event; 0 before the first. */
export const lastEvent = async (scene: Scene): Promise<number> => (await scene.events()).at(-1)?.id ?? 0

/** The first sentence of the page, as it is read at this moment. */
export const quoted = async (scene: Scene): Promise<string> => `“${(await scene.page()) ?? 'nobody answers'}”`
