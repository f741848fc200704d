// The kind `mqtt`: logs in to a broker of MQTT, and where wanted sends a message to itself or reads a retained one.
// Promises one finding within the timeout, and a session that leaves nothing behind. Must not know who asked.
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { defineCheck } from '../check.ts'
import { where } from '../dial.ts'
import { Failure } from '../failure.ts'
import { excerpt, quote } from '../quote.ts'
import { enter, reachOf, refuseClashes, serviceSettings } from '../service/settings.ts'
import { serviceSecrets } from '../service/tls.ts'
import { refuseNonsense, valueFault, valueSettings } from '../service/value.ts'
import type { Dialogue } from '../talk/dialogue.ts'
import { hold, type Session } from '../talk/session.ts'
import { isCode, sayCode } from './codes.ts'
import * as packets from './packets.ts'

const versions = ['3.1.1', '5', 5] as const
const topic = z
  .string()
  .min(1)
  .max(1_000)
  .regex(/^[^#+\0]*$/, 'expected one topic, without the wildcards # and +')

const config = z
  .strictObject({
    ...serviceSettings({
      schemes: { mqtt: { port: 1883 }, mqtts: { port: 8883, tls: true } },
      user: true,
      description: 'The broker, with the user where it wants one.',
      example: 'mqtts://watcher@broker.example.test:8883',
    }),
    version: z
      .literal(versions, { error: 'expected 3.1.1 or 5' })
      .default('3.1.1')
      .transform((value) => (value === '3.1.1' ? value : '5'))
      .meta({ title: 'Version', description: 'Which version of MQTT is spoken.' }),
    client_id: z
      .string()
      .min(1)
      .max(1_000)
      .regex(/^[^\0]*$/, 'has no zero character')
      .meta({
        title: 'Client id',
        description: 'Under which name we come; left out: a new one each time. A broker throws out an older one.',
      })
      .optional(),
    round_trip: topic
      .meta({ title: 'Round trip', description: 'A topic to which a message is sent that must come back to us.' })
      .optional(),
    retained: z
      .strictObject({
        topic: topic.meta({ title: 'Topic', description: 'The topic whose retained message is read.' }),
        ...valueSettings('message'),
      })
      .superRefine(({ topic: _, ...expect }, context) => {
        if (Object.values(expect).some((one) => one !== undefined)) refuseNonsense(expect, context)
      })
      .meta({ title: 'Retained', description: 'A topic that must hold a message, and what that must be.' })
      .optional(),
  })
  .superRefine(refuseClashes)
  .superRefine(({ url, password, version }, context) => {
    if (context.issues.length > 0) return
    if (password !== undefined && url.user === '' && version !== '5')
      context.addIssue({
        code: 'custom',
        message: 'belongs to a user; name it in the URL: mqtt://USER@…',
        path: ['password'],
      })
  })

type MqttConfig = z.output<typeof config>

const valueShown = 200

async function talk(session: Session, settings: MqttConfig, timeout: number): Promise<void> {
  const { url, password, version, client_id: client, round_trip: roundTrip, retained } = settings
  await enter(session, settings)
  const who = client ?? `allswell${randomBytes(6).toString('hex')}`
  const alive = Math.min(65_535, Math.ceil(timeout / 1_000) * 2)
  await session.step('auth', 'the answer to CONNECT', (dialogue) => {
    dialogue.say(packets.connect({ version, client: who, user: url.user, password, alive }))
    return welcome(dialogue, url.user)
  })
  session.bye = packets.disconnect()
  if (roundTrip !== undefined) await goRound(session, version, roundTrip)
  if (retained) await readRetained(session, version, retained)
  if (roundTrip === undefined && !retained)
    await session.step('answer', 'the answer to a ping', async (dialogue) => {
      dialogue.say(packets.ping())
      while ((await next(dialogue)).type !== 'pingresp');
    })
}

async function welcome(dialogue: Dialogue, user: string): Promise<void> {
  const { flags, body } = await packets.read(dialogue, 'connack')
  const [present = 2, code = -1] = body
  if (code === 0 && present < 2) return
  if (flags !== 0 || present > 1 || !isCode(code)) throw packets.strange(dialogue, body)
  const [reason, why] = sayCode(code)
  throw new Failure(reason, `${dialogue.target} refuses ${user === '' ? 'us' : `the user ${user}`}: ${why}.`)
}

/** The next packet; throws a Failure where the broker says goodbye. */
async function next(dialogue: Dialogue): Promise<packets.Packet> {
  const packet = await packets.read(dialogue)
  if (packet.type === 'connack') throw packets.strange(dialogue, packet.body)
  if (packet.type !== 'disconnect') return packet
  const [reason, why] = sayCode(packet.body[0] ?? 0)
  throw new Failure(reason, `${dialogue.target} ends the session: ${why}.`)
}

/** Subscribes to a topic; what came before the broker's word for it. */
async function listen(dialogue: Dialogue, version: packets.Version, topic: string): Promise<packets.Message[]> {
  const id = 1
  dialogue.say(packets.subscribe(version, id, topic))
  const early: packets.Message[] = []
  for (;;) {
    const packet = await next(dialogue)
    if (packet.type === 'publish') early.push(messageIn(dialogue, version, packet))
    if (packet.type !== 'suback') continue
    const code = packets.grantOf(version, packet.body, id)
    if (code === null) throw packets.strange(dialogue, packet.body)
    if (code < 0x80) return early
    const why = code === 0x80 ? 'it does not say why (code 0x80)' : sayCode(code)[1]
    throw new Failure('auth', `${dialogue.target} does not let us listen to ${quote(topic)}: ${why}.`)
  }
}

function messageIn(dialogue: Dialogue, version: packets.Version, packet: packets.Packet): packets.Message {
  const message = packets.messageOf(version, packet)
  if (!message) throw packets.strange(dialogue, packet.body)
  return message
}

/** The first message that is wanted, among those that came and those to come. */
async function firstOf(
  dialogue: Dialogue,
  version: packets.Version,
  early: readonly packets.Message[],
  isWanted: (message: packets.Message) => boolean,
): Promise<packets.Message> {
  const there = early.find(isWanted)
  if (there) return there
  for (;;) {
    const packet = await next(dialogue)
    const message = packet.type === 'publish' ? messageIn(dialogue, version, packet) : null
    if (message && isWanted(message)) return message
  }
}

/** Sends a message to a topic and waits until it comes back. */
async function goRound(session: Session, version: packets.Version, topic: string): Promise<void> {
  const words = randomBytes(12).toString('hex')
  await session.step('answer', `the way in to ${quote(topic)}`, (dialogue) => listen(dialogue, version, topic))
  await session.step('answer', `the message to ${quote(topic)} that we sent to come back`, (dialogue) => {
    dialogue.say(packets.publish(version, topic, words))
    return firstOf(dialogue, version, [], ({ payload }) => payload === words)
  })
}

async function readRetained(
  session: Session,
  version: packets.Version,
  { topic, ...expect }: NonNullable<MqttConfig['retained']>,
): Promise<void> {
  const { payload } = await session.step('answer', `the message that ${quote(topic)} must hold`, async (dialogue) =>
    firstOf(dialogue, version, await listen(dialogue, version, topic), (one) => one.topic === topic && one.retained),
  )
  session.facts['answer'] = excerpt(payload, valueShown)
  const wrong = valueFault(payload, expect)
  if (wrong !== null) throw new Failure('body', `The message that ${quote(topic)} holds on ${session.target} ${wrong}.`)
}

export const mqtt = defineCheck<MqttConfig>({
  kind: 'mqtt',
  title: 'MQTT',
  summary: 'Logs in to a broker of MQTT; where wanted sends a message to itself, or reads what a topic holds.',
  config,
  target: 'url',
  example: { url: 'mqtts://watcher@broker.example.com:8883', round_trip: 'watch/allswell' },
  secrets: serviceSecrets,
  describe: ({ url }) => where(url.host, url.port),
  probe: (settings, context) =>
    hold(reachOf(settings), context, { talk: (session) => talk(session, settings, context.timeout) }),
})
