// The settings of a DNS check. Form, validation, manual and manifest schema follow from here.
// Promises that what makes no sense together is refused with the reason. Must not know how a check is done.
import { isIP } from 'node:net'
import { z } from 'zod'
import { clash, ipSetting } from '../address.ts'
import { latencySetting } from '../latency.ts'
import type { Protocol } from './ask.ts'
import { type Expectation, expectSetting } from './expect.ts'
import { DnsError, inAscii, plainName, reverseName } from './name.ts'
import { recordTypes, type TypeName, typeNames } from './records.ts'
import { readServer, type Server } from './server.ts'

const protocols = ['udp', 'tcp', 'tls'] as const satisfies readonly Protocol[]
export const usualPort: Readonly<Record<Protocol, number>> = { udp: 53, tcp: 53, tls: 853 }
const triesByDefault = 3

const serverText = z.string({ error: 'expected a name server such as 192.0.2.53 or ns1.example.test:5353' }).trim()

const settings = z.strictObject({
  server: serverText
    .meta({
      title: 'Server',
      description: 'The name server that is asked, with a port if it is not the usual one; else this machine’s own.',
      examples: ['192.0.2.53', 'ns1.example.test:5353', '[2001:db8::53]:53'],
    })
    .optional(),
  servers: z
    .array(serverText)
    .min(2, 'is for two servers or more; for one write server')
    .max(16)
    .meta({ title: 'Servers', description: 'Instead of one: several, each of which must answer as expected.' })
    .optional(),
  name: z
    .string({ error: 'expected a name such as shop.example.test' })
    .trim()
    .min(1, 'expected a name such as shop.example.test')
    .max(1_000)
    .meta({ title: 'Name asked for', description: 'What is asked for, whole; for PTR an address will do.' }),
  type: z
    .enum(typeNames, { error: `expected one of ${typeNames.join(', ')}` })
    .default('A')
    .meta({ title: 'Type', description: 'The type of record that is asked for.' }),
  protocol: z
    .enum(protocols, { error: `expected one of ${protocols.join(', ')}` })
    .default('udp')
    .meta({ title: 'Protocol', description: 'How it is asked; what is too long for udp is asked again by tcp.' }),
  tries: z
    .int({ error: 'expected a number of tries' })
    .min(1)
    .max(10)
    .meta({ title: 'Tries', description: 'By udp: how often the question is asked within the timeout; 3 unless set.' })
    .optional(),
  recursion: z.boolean().default(true).meta({
    title: 'Recursion',
    description: 'Whether the server shall ask others; false for what it must know itself.',
  }),
  ip: ipSetting,
  verify: z
    .boolean()
    .meta({
      title: 'Verify certificate',
      description: 'By tls: whether the certificate must be trusted; true unless set.',
    })
    .optional(),
  expect: expectSetting.prefault({}),
  latency: latencySetting.optional(),
})

type Given = z.output<typeof settings>
type Fault = (message: string, ...path: string[]) => void

export const dnsConfig = settings.transform((given, context) => {
  const fault: Fault = (message, ...path) => context.addIssue({ code: 'custom', message, path })
  const servers = readServers(given, fault)
  const asked = readQuestion(given, fault)
  refuse(given, fault)
  const { type, protocol, recursion, ip, expect, latency } = given
  return {
    servers,
    name: given.name,
    question: { name: asked, type, recursion, authenticated: expect.authenticated ?? false },
    way: { protocol, ip, verify: given.verify ?? true, tries: given.tries ?? triesByDefault },
    expect: spellExpected(type, expect, fault),
    latency,
  }
})

export type DnsConfig = z.output<typeof dnsConfig>

/** None: the resolver of this machine. */
function readServers({ server, servers, protocol, ip }: Given, fault: Fault): Server[] {
  if (server !== undefined && servers) fault('give either server or servers', 'servers')
  const texts = servers ?? (server === undefined ? [] : [server])
  const read = texts.flatMap((text, index) => {
    const path = servers ? ['servers', String(index)] : ['server']
    const one = readServer(text, usualPort[protocol])
    const wrong = typeof one === 'string' ? one : clash(one.host, ip)
    if (wrong !== null) fault(wrong, ...path)
    return typeof one === 'string' ? [] : [one]
  })
  const twice = read.find((one, index) => read.findIndex(({ said }) => said === one.said) < index)
  if (twice) fault(`${twice.said} is given twice`, 'servers')
  return read
}

/** The name as it goes to the server. */
function readQuestion({ name, type }: Given, fault: Fault): string {
  const reverse = isIP(name.replace(/^\[(.*)\]$/, '$1')) ? reverseName(name) : null
  if (reverse !== null) {
    if (type !== 'PTR') fault(`${name} is an address; give a name, or type: PTR to ask for its name`, 'name')
    return reverse
  }
  const plain = inAscii(name)
  try {
    if (/\s/.test(plain) || /^[a-z][a-z0-9+.-]*:\/\//i.test(plain))
      throw new DnsError('write the bare name, such as shop.example.test')
    return plainName(plain)
  } catch (error) {
    if (!(error instanceof DnsError)) throw error
    fault(`${name} cannot be asked for: ${error.message}`, 'name')
    return plain
  }
}

/** Refuses settings that contradict one another. */
function refuse({ protocol, tries, verify, type, servers, expect }: Given, fault: Fault): void {
  const { rcode, contains, equals, set, count } = expect
  if (protocol !== 'udp' && tries !== undefined)
    fault(`${protocol} repeats what is lost by itself; tries is for protocol: udp`, 'tries')
  if (protocol !== 'tls' && verify !== undefined)
    fault(`${protocol} has no certificate; verify is for protocol: tls`, 'verify')
  if (rcode !== 'NOERROR')
    for (const [key, given] of Object.entries({ contains, equals, set, count }))
      if (given !== undefined) fault(`an answer ${rcode} has no records to compare`, 'expect', key)
  if (set && equals !== undefined) fault('give either set or equals; equals means the only record', 'expect', 'set')
  for (const [key, given] of Object.entries({ set, equals })) {
    if (given === undefined) continue
    if (contains) fault(`give either contains or ${key}, which says all there is`, 'expect', 'contains')
    if (count) fault(`${key} already says how many records there are`, 'expect', 'count')
  }
  refuseCount(expect, fault)
  if (!expect.same_serial) return
  if (type !== 'SOA') fault('the serial stands in the SOA record; add type: SOA', 'expect', 'same_serial')
  if (!servers) fault('compares several servers; list them under servers', 'expect', 'same_serial')
  if (rcode !== 'NOERROR') fault(`an answer ${rcode} has no serial`, 'expect', 'same_serial')
}

function refuseCount({ count, contains }: Expectation, fault: Fault): void {
  if (!count) return
  const { min, max } = count
  if (min === undefined && max === undefined) fault('expects nothing; give min, max or a number', 'expect', 'count')
  if (min !== undefined && max !== undefined && min > max) fault('min must not be more than max', 'expect', 'count')
  if (max === 0 && contains) fault('no record can contain it when there must be none', 'expect', 'count')
}

/** The expected values in their one spelling; those that no record of the type can have are refused. */
function spellExpected(type: TypeName, expect: Expectation, fault: Fault): Expectation {
  const { contains, equals, set } = expect
  const spell = (key: string) => (text: string) => {
    const spelled = recordTypes[type].spell(text)
    if (spelled === null) fault(`no ${type} record is “${text}”; write ${recordTypes[type].example}`, 'expect', key)
    return spelled ?? text
  }
  return {
    ...expect,
    ...(contains ? { contains: contains.map(spell('contains')) } : {}),
    ...(equals === undefined ? {} : { equals: spell('equals')(equals) }),
    ...(set ? { set: set.map(spell('set')) } : {}),
  }
}
