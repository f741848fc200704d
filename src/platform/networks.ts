// Networks: lists of address ranges in CIDR, and whether an address lies within one.
// Promises that every spelling of an address (IPv4-mapped IPv6, brackets, zone) is judged as the address it means,
// and, where asked what it reaches, an IPv6 address also as the IPv4 address that a translator reads from it.
// Must not know what the ranges are for.
import { BlockList, isIP, isIPv4 } from 'node:net'

/** An address in its one plain spelling. */
export interface PlainAddress {
  readonly address: string
  readonly family: 4 | 6
}

export interface Networks {
  /** Whether the address lies in one of the networks; false for what is no address. */
  has(address: string): boolean
  /** Whether packets to the address may end in one of them, by NAT64 or a tunnel too: to refuse, never to trust. */
  reaches(address: string): boolean
  /** The networks as they were given. */
  readonly list: readonly string[]
}

export const loopback = ['127.0.0.0/8', '::1/128'] as const
export const privateNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'] as const
/** Link-local addresses, and where clouds hand out credentials: no check has business there. */
export const metadataNetworks = [
  '169.254.0.0/16',
  'fe80::/10',
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
] as const
/** All that the internet cannot reach by itself: this machine and its networks, a carrier's, and those of links. */
export const insideNetworks = [
  ...loopback,
  ...privateNetworks,
  ...metadataNetworks,
  '100.64.0.0/10',
  '192.0.0.0/24',
  '198.18.0.0/15',
  'fec0::/10',
] as const

const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/

type Octets = readonly [number, number, number, number]
/** At which octets IPv6 addresses of a network embed IPv4 ones: RFC 6052 and 8215, 3056, 4291, 2765. */
const embedding: readonly (readonly [network: string, places: readonly Octets[]])[] = [
  ['64:ff9b::/96', [[12, 13, 14, 15]]],
  [
    '64:ff9b:1::/48',
    [
      [6, 7, 9, 10],
      [7, 9, 10, 11],
      [9, 10, 11, 12],
      [12, 13, 14, 15],
    ],
  ],
  ['2002::/16', [[2, 3, 4, 5]]],
  ['::/96', [[12, 13, 14, 15]]],
  ['::ffff:0:0:0/96', [[12, 13, 14, 15]]],
]
const embedders = embedding.map(([network, places]) => ({ network: parseNetworks([network]), places }))

/** The plain form of an IPv4 or IPv6 address: no brackets or zone, IPv4-mapped IPv6 as IPv4; null if it is neither. */
export function plainAddress(text: string): PlainAddress | null {
  if (isIPv4(text)) return { address: text, family: 4 }
  const bare = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '')
  if (isIP(bare) !== 6) return null
  const short = new URL(`http://[${bare}]`).hostname.slice(1, -1)
  const match = mapped.exec(short)
  if (!match) return { address: short, family: 6 }
  const high = Number.parseInt(match[1] as string, 16)
  const low = Number.parseInt(match[2] as string, 16)
  return { address: `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`, family: 4 }
}

/** The IPv4 addresses that an IPv6 address embeds, or may: where a site's own form is not known, all that it can be. */
function embedded(text: string): string[] {
  const octets = octetsOf(text)
  const found = embedders.filter(({ network }) => network.has(text)).flatMap(({ places }) => places)
  // 0.0.0.0/8 is nobody's address, and ::1 embeds none.
  return found.map((place) => place.map((at) => octets[at]).join('.')).filter((address) => !address.startsWith('0.'))
}

/** The 16 octets of a plain IPv6 address. */
function octetsOf(address: string): number[] {
  const [head = [], tail = []] = address.split('::').map((half) => half.split(':').filter((word) => word !== ''))
  const words = [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => '0'), ...tail]
  return words.map((word) => Number.parseInt(word, 16)).flatMap((word) => [word >> 8, word & 255])
}

/** Reads networks such as `10.0.0.0/8`, `fc00::/7` or a single address; throws an Error that names the wrong one. */
export function parseNetworks(list: readonly string[]): Networks {
  const ranges = new BlockList()
  for (const entry of list) addRange(ranges, entry)
  const has = (text: string) => {
    const plain = plainAddress(text)
    return plain !== null && ranges.check(plain.address, plain.family === 4 ? 'ipv4' : 'ipv6')
  }
  const reaches = (text: string) => {
    const plain = plainAddress(text)
    return has(text) || (plain?.family === 6 && embedded(plain.address).some(has))
  }
  return { has, reaches, list }
}

function addRange(ranges: BlockList, entry: string): void {
  const [text = '', size, ...rest] = entry.trim().split('/')
  const plain = plainAddress(text)
  const wrong = (why: string) => new Error(`"${entry}" is not a network: ${why}`)
  if (plain === null || rest.length > 0) throw wrong('write an address or a range such as 10.0.0.0/8 or fc00::/7')
  const wide = isIPv4(text) ? 32 : 128
  const given = size === undefined ? wide : /^\d{1,3}$/.test(size) ? Number(size) : Number.NaN
  if (!(given <= wide)) throw wrong(`after the slash stands a number from 0 to ${wide}`)
  const bits = plain.family === 4 && wide === 128 ? given - 96 : given
  if (bits < 0) throw wrong('it covers more than the IPv4-mapped addresses; write the IPv4 range instead')
  ranges.addSubnet(plain.address, bits, plain.family === 4 ? 'ipv4' : 'ipv6')
}
