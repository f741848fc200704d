// Makes certificates on the spot: an authority, another that it vouches for, and those of servers, byte by byte (DER).
// Promises keys that are never written down. Must not know who shows them, or how they are judged.
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { systemClock } from '#platform/clock.ts'

const dayMs = 86_400_000

export interface Certificate {
  readonly pem: string
  readonly key: KeyObject
}

/** Who vouches: a name and the key that signs. */
export interface Authority extends Certificate {
  readonly name: string
}

/** One that vouches for itself, or for whom another does. */
export function makeAuthority(name: string, by?: Authority): Authority {
  const { publicKey, privateKey: key } = makeKey()
  const basic = extension('551d13', sequence(Buffer.of(1, 1, 0xff)))
  return { name, key, pem: certify(name, publicKey, 3_650, basic, by ?? { name, key }) }
}

/** That of a server, valid for so many days from now on; negative: it has expired. */
export function makeCertificate(host: string, days: number, by: Authority): Certificate {
  const { publicKey, privateKey: key } = makeKey()
  const forHost = extension('551d11', sequence(element(0x82, Buffer.from(host))))
  return { key, pem: certify(host, publicKey, days, forHost, by) }
}

const makeKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

function certify(
  subject: string,
  key: KeyObject,
  days: number,
  ...[ext, by]: [Buffer, Pick<Authority, 'name' | 'key'>]
): string {
  const now = systemClock.now()
  // A little more than whole days, so that so many are left while somebody looks.
  const until = now + days * dayMs + dayMs / 2
  const body = sequence(
    element(0xa0, Buffer.of(2, 1, 2)),
    element(2, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ecdsaWithSha256,
    nameOf(by.name),
    sequence(time(Math.min(now, until) - 30 * dayMs), time(until)),
    nameOf(subject),
    key.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(ext)),
  )
  const signature = sign('sha256', body, by.key)
  const bytes = sequence(body, ecdsaWithSha256, element(3, Buffer.concat([Buffer.of(0), signature])))
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

/** Tag, length and content. */
function element(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.of(tag, ...size), content])
}

const sequence = (...parts: Buffer[]) => element(0x30, Buffer.concat(parts))
const oid = (hex: string) => element(6, Buffer.from(hex, 'hex'))
const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))
/** A name of one part, the common name. */
const nameOf = (name: string) => sequence(element(0x31, sequence(oid('550403'), element(0x0c, Buffer.from(name)))))
const extension = (id: string, content: Buffer) => sequence(oid(id), element(4, content))
/** `261121140500Z` */
const time = (at: number) =>
  element(0x17, Buffer.from(`${new Date(at).toISOString().replaceAll(/\D/g, '').slice(2, 14)}Z`))
