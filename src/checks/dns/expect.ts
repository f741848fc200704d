// What is expected of an answer: the settings, and the verdict on what one server said.
// Promises a sentence that names what was found and what was wanted. Must not know how it was asked.
import { z } from 'zod'
import { Failure } from '../failure.ts'
import { quote } from '../quote.ts'
import { type Answer, type DnsRecord, type Question, rcodeNames } from './message.ts'
import { sameForm } from './name.ts'
import { comparable, equalTo, holds, type TypeName } from './records.ts'

const value = z.string({ error: 'expected a text; put it in quotation marks' }).trim().min(1).max(4_000)
const values = z.array(value).min(1, 'expects nothing; give at least one value').max(200)
const count = z.int({ error: 'expected a number of records, or { min, max }' }).min(0).max(2_000)
const range = z.strictObject({
  min: count.meta({ title: 'At least', description: 'So many records, or more.' }).optional(),
  max: count.meta({ title: 'At most', description: 'So many records, or fewer.' }).optional(),
})

export const expectSetting = z
  .strictObject({
    rcode: z
      .enum(rcodeNames, { error: `expected one of ${rcodeNames.join(', ')}` })
      .default('NOERROR')
      .meta({ title: 'Response code', description: 'What the server must answer; NXDOMAIN: there is no such name.' }),
    contains: z
      .union([value, values], { error: 'expected a text or a list of texts' })
      .transform((given) => (typeof given === 'string' ? [given] : given))
      .meta({
        title: 'Contains',
        description:
          'A value, or a list of them, that must be among the records; of TXT, SOA and CAA a part is enough.',
      })
      .optional(),
    equals: value.meta({ title: 'Equals', description: 'The value of the only record.' }).optional(),
    set: values.meta({ title: 'Set', description: 'Exactly these values, in any order.' }).optional(),
    count: z
      .union([count, range], {
        error: 'expected a number of records, or { min, max }',
      })
      .transform((given) => (typeof given === 'number' ? { min: given, max: given } : given))
      .meta({ title: 'Count', description: 'How many records there must be: a number, or { min, max }.' })
      .optional(),
    authenticated: z
      .literal(true, { error: 'expected true; leave it out where it does not matter' })
      .meta({
        title: 'Authenticated',
        description: 'The server must say that it verified the signatures (DNSSEC, AD).',
      })
      .optional(),
    same_serial: z
      .literal(true, { error: 'expected true; leave it out where it does not matter' })
      .meta({ title: 'Same serial', description: 'All of `servers` must have the same serial of the zone; type SOA.' })
      .optional(),
  })
  .meta({ title: 'Expectations', description: 'What makes an answer a good one; without any, one record is enough.' })

export type Expectation = z.output<typeof expectSetting>

const hopsMost = 16
const listed = 5

/** The records of the type that was asked for, at the end of the aliases that the answer itself names. */
export function wantedOf(answer: Answer, question: Question): readonly DnsRecord[] {
  const aliases = new Map<string, string>()
  for (const { name, type, value } of answer.records) if (type === 'CNAME') aliases.set(sameForm(name), sameForm(value))
  let owner = sameForm(question.name)
  for (let hop = 0; question.type !== 'CNAME' && hop < hopsMost; hop += 1) owner = aliases.get(owner) ?? owner
  const seen = new Set<string>()
  return answer.records.filter(({ name, type, value }) => {
    if (type !== question.type || sameForm(name) !== owner || seen.has(value)) return false
    seen.add(value)
    return true
  })
}

/** What sentences about an answer need. */
export interface About {
  readonly question: Question
  /** The name as it was written. */
  readonly name: string
  readonly server: string
  /** Whether it is one of several servers, to be named wherever it is spoken of. */
  readonly several: boolean
}

/** What is wrong with the answer, or null. */
export function judge(answer: Answer, expect: Expectation, about: About): Failure | null {
  if (answer.rcode !== expect.rcode) return wrongCode(answer, expect.rcode, about)
  if (expect.authenticated && !answer.flags.includes('ad'))
    return new Failure('status', `${about.server} does not say that it verified the signatures (no AD flag).`)
  return expect.rcode === 'NOERROR' ? judgeRecords(wantedOf(answer, about.question), expect, about) : null
}

function wrongCode({ rcode, explanation }: Answer, wanted: string, { name, server }: About): Failure {
  const code = explanation === null ? rcode : `${rcode}: ${quote(explanation)}`
  const said: Readonly<Record<string, string>> = {
    NOERROR: `says that ${name} exists`,
    NXDOMAIN: `says that ${name} does not exist`,
    SERVFAIL: `could not find out about ${name}`,
    REFUSED: `refuses to answer for ${name}`,
    FORMERR: 'says that it does not understand the question',
    NOTIMP: 'says that it does not answer such questions',
  }
  const sentence = `${server} ${said[rcode] ?? `answers with an error for ${name}`} (${code})`
  if (wanted === 'NOERROR') return new Failure('dns', `${sentence}.`)
  return new Failure('status', `${sentence}; ${wanted} was expected.`)
}

function judgeRecords(records: readonly DnsRecord[], expect: Expectation, about: About): Failure | null {
  const { type } = about.question
  const { min = expect.count?.max === undefined ? 1 : 0, max = Number.POSITIVE_INFINITY } = expect.count ?? {}
  if (records.length === 0)
    return min === 0 ? null : new Failure('dns', `${about.server} knows no ${type} record of ${about.name}.`)
  const wrong = wrongValues(type, records, expect) ?? wrongCount(records.length, min, max)
  return wrong === null ? null : new Failure('body', `${sayRecords(records, about)}; ${wrong}.`)
}

function wrongValues(type: TypeName, records: readonly DnsRecord[], expect: Expectation): string | null {
  const { contains, equals, set } = expect
  const all = records.map(({ value }) => comparable(type, value))
  const same = (record: string, text: string) => equalTo(type, record, comparable(type, text))
  const list = (texts: readonly string[]) => sayList(texts.map((text) => sayValue(type, text)))
  const lack = (texts: readonly string[]) => `${list(texts)} ${texts.length === 1 ? 'is' : 'are'} missing`
  const missing = contains?.filter((text) => !all.some((record) => holds(type, record, comparable(type, text))))
  if (missing && missing.length > 0) return lack(missing)
  if (equals !== undefined && !all.every((record) => same(record, equals))) return `only ${list([equals])} was expected`
  if (!set) return null
  const absent = set.filter((text) => !all.some((record) => same(record, text)))
  const extra = all.filter((record) => !set.some((text) => same(record, text)))
  const more = extra.length > 0 ? `${list(extra)} ${extra.length === 1 ? 'was' : 'were'} not expected` : null
  return [absent.length > 0 ? lack(absent) : null, more].filter((part) => part !== null).join(', and ') || null
}

function wrongCount(count: number, min: number, max: number): string | null {
  if (count >= min && count <= max) return null
  if (max === 0) return 'none was expected'
  const bound = min === max ? `${min}` : count < min ? `at least ${min}` : `at most ${max}`
  return `that is ${count} where ${bound} ${min === max && min === 1 ? 'was' : 'were'} expected`
}

/** `The A records are 192.0.2.8 and 192.0.2.9`. */
function sayRecords(records: readonly DnsRecord[], { question, server, several }: About): string {
  const { type } = question
  const said = sayList(records.map(({ value }) => sayValue(type, value)))
  const at = several ? ` at ${server}` : ''
  return records.length === 1 ? `The only ${type} record${at} is ${said}` : `The ${type} records${at} are ${said}`
}

/** Text is a stranger's and stands in quotation marks; the rest is of a form that we made. */
const sayValue = (type: TypeName, text: string): string => {
  if (type === 'TXT' || type === 'CAA') return quote(text)
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}

function sayList(texts: readonly string[]): string {
  if (texts.length > listed) return `${texts.slice(0, listed).join(', ')} and ${texts.length - listed} more`
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`
}

export interface Said {
  readonly server: string
  readonly answer: Answer
}

/** What is wrong when servers do not have the same version of a zone, or null. */
export function judgeSerials(all: readonly Said[], question: Question): Failure | null {
  const serials = all.map(({ server, answer }) => {
    const soa = wantedOf(answer, question)[0]?.value.split(' ') ?? []
    return { server, serial: soa[2] ?? 'none' }
  })
  if (new Set(serials.map(({ serial }) => serial)).size < 2) return null
  const groups = Map.groupBy(serials, ({ serial }) => serial)
  const said = [...groups].map(
    ([serial, of]) => `${sayList(of.map(({ server }) => server))} ${of.length === 1 ? 'has' : 'have'} ${serial}`,
  )
  return new Failure('body', `The servers disagree on the serial of ${question.name}: ${said.join(', ')}.`)
}
