// The kind `ssh`: the first words with an SSH server: who it is, what it offers, and where wanted its host key, proven.
// Promises one finding within the timeout, and a goodbye; nobody logs in. Must not know how packets are made.
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Identity } from '#core/identity.ts'
import { addressOr, clash, ipSetting } from '../address.ts'
import { defineCheck, type Finding, type ProbeContext } from '../check.ts'
import { where } from '../dial.ts'
import { refuseContradictions, textFault, textSettings } from '../expect/text.ts'
import { Failure } from '../failure.ts'
import { latencySetting } from '../latency.ts'
import { excerpt, quote } from '../quote.ts'
import type { Dialogue } from '../talk/dialogue.ts'
import { expectsSomething } from '../talk/greeting.ts'
import { hold, type Session } from '../talk/session.ts'
import type { Fault } from '../talk/settings.ts'
import { lastStage, reaches } from '../talk/stages.ts'
import { exchanges, type HostKey, type KeyType, proveHostKey, signatures } from './host-key.ts'
import { farewell, identification, message, pack, Pieces, readPacket, string } from './wire.ts'

const usualPort = 22
const stages = ['banner', 'offers', 'host_key'] as const
const types = Object.keys(signatures) as KeyType[]
const ownLine = 'SSH-2.0-Allswell'

const fingerprintForm =
  'expected a fingerprint as ssh-keygen -l shows it, SHA256:…, after ed25519, ecdsa or rsa where one of them is meant'
const fingerprint = z
  .string({ error: fingerprintForm })
  .trim()
  .regex(/^((ed25519|ecdsa|rsa) )?SHA256:[A-Za-z0-9+/]{43}=?$/, fingerprintForm)
  .transform((text) => {
    const [first = '', second] = text.replace(/=$/, '').split(' ')
    return second === undefined ? { type: null, sha256: first } : { type: first as KeyType, sha256: second }
  })

const { empty: _, ...bannerSettings } = textSettings('banner')

const config = z
  .strictObject({
    address: addressOr(usualPort, 'shell.example.com'),
    ip: ipSetting,
    until: z
      .enum(stages, { error: `expected one of ${stages.join(', ')}` })
      .meta({
        title: 'Until',
        description:
          'How far it goes: the line in which the server says who it is, what it offers, its host key; ' +
          'left out: offers, or as far as the rest says.',
      })
      .optional(),
    expect: z
      .strictObject({
        banner: z
          .strictObject(bannerSettings)
          .superRefine(refuseContradictions)
          .meta({ title: 'Banner', description: 'The line in which the server says who it is: SSH-2.0-OpenSSH_9.9.' })
          .optional(),
        host_key: z
          .union([fingerprint, z.array(fingerprint).min(1).max(20)], { error: `${fingerprintForm}; or a list of them` })
          .transform((value) => (Array.isArray(value) ? value : [value]))
          .meta({
            title: 'Host key',
            description: 'Fingerprint of the host key, SHA256:…, or a list of them one of which it must be.',
            examples: ['ed25519 SHA256:uNiVztksCsDhcc0u9e8BrUpAjYoOXcgkTLHoVTJ9oFg'],
          })
          .optional(),
      })
      .refine(...expectsSomething)
      .default({})
      .meta({ title: 'Expectations', description: 'What the server must show.' }),
    latency: latencySetting.optional(),
  })
  .transform((given, context) => {
    const fault: Fault = (message, ...path) => context.addIssue({ code: 'custom', message, path })
    const wrong = clash(given.address.host, given.ip)
    if (wrong !== null) fault(wrong, 'ip')
    const wants = { banner: {}, offers: {}, host_key: { path: 'expect', given: given.expect.host_key !== undefined } }
    return { ...given, tls: null, until: lastStage(wants, given.until, 'offers', fault) }
  })

type SshConfig = z.output<typeof config>

async function probe(settings: SshConfig, context: ProbeContext): Promise<Finding> {
  let identity: Identity | null = null
  const meet = (key: HostKey) => {
    identity = keyIdentity(key)
  }
  const finding = await hold(settings, context, { talk: (session) => talk(session, settings, meet) })
  return identity === null ? finding : { ...finding, identity }
}

/** The host key as what answered: of another one there is an event. */
function keyIdentity({ type, fingerprint }: HostKey): Identity {
  const said = `${excerpt(type, 40)} ${fingerprint}`
  return { what: 'host key', id: said, words: said, facts: { type: excerpt(type, 40), fingerprint } }
}

/** `meet` hears of the key that the server has proven to be its own. */
async function talk(session: Session, { until, expect }: SshConfig, meet: (key: HostKey) => void): Promise<void> {
  const line = await session.step('banner', 'its banner', identification)
  session.facts['banner'] = excerpt(line, 255)
  session.dialogue.say(`${ownLine}\r\n`)
  session.bye = farewell()
  const wrong = expect.banner ? textFault(line, expect.banner) : null
  if (wrong) throw new Failure('body', `${session.target} calls itself ${quote(line)}, which ${wrong.says}.`)
  if (!reaches(stages, until, 'offers')) return
  const { init, offers } = await session.step('offers', 'what it offers', readOffers)
  session.facts['offers'] = shown(offers)
  if (!reaches(stages, until, 'host_key')) return
  const wanted = expect.host_key ?? []
  const anyType = wanted.length === 0 || wanted.some(({ type }) => type === null)
  const ours = ourOffer(anyType ? types : wanted.flatMap(({ type }) => type ?? []))
  const exchange = agree(session.target, offers, ours.signatures, anyType ? null : wanted)
  const key = await session.step('host_key', 'its host key', (dialogue) => {
    dialogue.say(pack(ours.init))
    const said = { ours: { line: ownLine, init: ours.init }, theirs: { line, init } }
    return proveHostKey(dialogue, exchange, said)
  })
  session.facts['host_key'] = key
  meet(key)
  judgeKey(session.target, key, wanted)
}

/** What is negotiated, as far as people ask for it; both directions are the same in all servers that there are. */
interface Offers {
  readonly key_exchange: readonly string[]
  readonly host_keys: readonly string[]
  readonly ciphers: readonly string[]
  readonly macs: readonly string[]
}

async function readOffers(dialogue: Dialogue): Promise<{ readonly init: Buffer; readonly offers: Offers }> {
  const init = await readPacket(dialogue)
  if (init[0] !== message.kexInit) throw dialogue.strange('does not say what it offers', `message ${init[0]}`)
  const pieces = new Pieces(init, dialogue)
  pieces.take(1 + 16)
  const [key_exchange, host_keys, ciphers] = [pieces.names(), pieces.names(), pieces.names()]
  pieces.names()
  return { init, offers: { key_exchange, host_keys, ciphers, macs: pieces.names() } }
}

/** For evidence. */
function shown({ key_exchange, host_keys, ciphers, macs }: Offers) {
  const some = (names: readonly string[]) => names.slice(0, 20).map((name) => excerpt(name, 64))
  return { key_exchange: some(key_exchange), host_keys: some(host_keys), ciphers: some(ciphers), macs: some(macs) }
}

const ourCiphers =
  'aes128-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes128-cbc'
const ourMacs = 'hmac-sha2-256,hmac-sha2-512,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha1'

/** What we say that we could do; nothing of it is done after the host key. */
function ourOffer(wanted: readonly KeyType[]) {
  const known = types.filter((type) => wanted.includes(type)).flatMap((type) => signatures[type])
  const names = [exchanges.join(), known.join(), ourCiphers, ourCiphers, ourMacs, ourMacs, 'none', 'none', '', '']
  const init = Buffer.concat([Buffer.of(message.kexInit), randomBytes(16), ...names.map(string), Buffer.alloc(5)])
  return { init, signatures: known }
}

type Wanted = readonly { readonly type: KeyType | null }[]

/** The way to agree on a secret; `wanted`: keys of certain types alone; throws a Failure where nothing is in common. */
function agree(target: string, offers: Offers, known: readonly string[], wanted: Wanted | null) {
  const exchange = exchanges.find((one) => offers.key_exchange.includes(one))
  const none = (what: string, theirs: readonly string[]) =>
    new Failure('protocol', `${target} offers no ${what}, only ${quote(theirs.join(', '), 200)}.`)
  if (exchange === undefined) throw none('key exchange that is known here', offers.key_exchange)
  const key = wanted === null ? 'that is known here' : `of the type ${wanted.map(({ type }) => type).join(' or ')}`
  if (!known.some((one) => offers.host_keys.includes(one))) throw none(`host key ${key}`, offers.host_keys)
  return exchange
}

function judgeKey(
  target: string,
  { type, fingerprint }: HostKey,
  wanted: NonNullable<SshConfig['expect']['host_key']>,
) {
  if (wanted.length === 0 || wanted.some(({ sha256 }) => sha256 === fingerprint)) return
  const sentence = `${target} shows the host key ${fingerprint} (${excerpt(type, 40)}), which is not expected.`
  throw new Failure('certificate', sentence)
}

export const ssh = defineCheck<SshConfig>({
  kind: 'ssh',
  title: 'SSH',
  summary: 'Looks at an SSH server: who it says it is, what it offers, and whether its host key is the right one.',
  config,
  target: 'address',
  example: { address: 'shell.example.com', expect: { banner: { contains: 'OpenSSH' } } },
  describe: ({ address }) => where(address.host, address.port),
  probe,
})
