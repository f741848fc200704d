// Reading lines: every one is accepted or counted as rejected, whatever bytes come.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { silentLog } from '#platform/log.ts'
import { Metrics } from '#platform/metrics.ts'
import { MemoryBeats } from '#test/beat-port.ts'
import { settle } from '#test/virtual-clock.ts'
import { isKeyText } from '#core/key.ts'
import { Roster } from '../roster.ts'
import { openTallies, type Rejection, rejections, type Tally } from '../tally.ts'
import { Names } from './names.ts'
import { LineReader } from './reader.ts'

type Counts = Partial<Record<Rejection | 'accepted', number>>

function openReader(patient = false) {
  const port = new MemoryBeats()
  const counts: Counts = {}
  const add = (name: Rejection | 'accepted', by = 1) => {
    counts[name] = (counts[name] ?? 0) + by
  }
  const tally: Tally = { accept: (by) => add('accepted', by), reject: add }
  const roster = new Roster(port, silentLog)
  const reader = new LineReader({ port, roster, names: new Names(), tally, patient })
  const read = (text: string | Buffer) => {
    const bytes = Buffer.from(text as string)
    return reader.read(bytes, 0, bytes.length, 1_000)
  }
  return { port, counts, roster, read }
}

describe('reading lines', () => {
  it('beats the monitors that are named, in one packet with others that are not understood', () => {
    const { port, counts, read } = openReader()
    for (const key of ['a', 'b', 'A_b-C.d']) port.put(key)
    read('a.beat:1|c\nb.beat:5|ms|@0.1\r\nbad line\n\n\r\nA_b-C.d.beat:-1|g\na.beat:1|c')
    assert.deepEqual(counts, { accepted: 4, syntax: 1 })
    assert.deepEqual([port.count('a'), port.count('b'), port.count('A_b-C.d')], [2, 1, 1])
  })

  it('counts what it refuses by its reason', () => {
    const { port, counts, read } = openReader()
    port.put('web', false)
    read('web.beat:1|c\nweb.beat:1|c\n')
    read('.beat:1|c\nc\t15.beat:1|c\nc\0.beat:1|c\n\x7f.beat:1|c\n')
    read('a.boom:1|c\nbeat:1|c\n:1|c\na.beat\na.beat:x\n')
    read('web.warn:30|g\nweb.autobeat:1|c\n')
    read(`${'x'.repeat(1_025)}.beat:1|c`)
    port.fixed.add(port.put('file').id)
    read('file.err:60|g\nfile.autobeat:1|c\n')
    assert.deepEqual(counts, { not_heartbeat: 4, name: 5, verb: 3, syntax: 2, fixed: 1, accepted: 1 })
  })

  it('takes any name of the older generation, for a key of its own and the name that people read', async () => {
    const { port, counts, read } = openReader()
    const names = ['/etc/passwd', '<b>', 'c 15', '_c', '.', 'Grüße', 'x'.repeat(303), '日本']
    read(names.map((name) => `${name}.beat:1|c`).join('\n'))
    read(Buffer.from('e5e42e626561743a317c63', 'hex'))
    await settle()
    assert.deepEqual(counts, { accepted: names.length + 1 })
    const made = [...port.names]
    assert.deepEqual(
      made.map(([, name]) => name),
      [...names.map((name) => (name.length > 200 ? `${name.slice(0, 199)}…` : name)), 'åä'],
    )
    for (const [key] of made) assert.ok(isKeyText(key), key)
    assert.match(made[0]?.[0] ?? '', /^etc-passwd\.[0-9a-z]+$/)
    assert.match(made[4]?.[0] ?? '', /^unnamed\./)
    read('/etc/passwd.beat:1|c')
    assert.equal(port.count(made[0]?.[0] ?? ''), 2)
  })

  it('passes on what is said of thresholds, as each generation meant it', async () => {
    const { port, counts, read } = openReader()
    const { id } = port.put('a')
    const says = (line: string) => {
      port.thresholds.delete(id)
      read(line)
      return port.thresholds.get(id) ?? {}
    }
    assert.deepEqual(says('a.warn:30|g'), { degraded: 30_000 })
    assert.deepEqual(says('a.err:60|c'), { down: 60_000 })
    assert.deepEqual(says('a.timeout:60|ms|@0.5'), { down: 60_000 })
    assert.deepEqual(says('a.err:-1|g\na.warn:-1|g'), { down: null, degraded: null })
    assert.deepEqual(says('a.err:-2|g\na.warn:-2|g'), { down: 'auto', degraded: 'auto' })
    assert.deepEqual(says('a.err:0|g\na.warn:0|g\na.err:-3|g'), {})
    assert.deepEqual(says('a.timeout:0|g'), { down: 0 })
    assert.deepEqual(says('a.timeout:-3|g'), { down: null })
    assert.deepEqual(says('a.autobeat:1|c'), { down: 'auto' })
    assert.deepEqual(says('a.err:60|g\na.autobeat:1|c'), { down: 60_000 })
    assert.equal(port.count('a'), 2)
    assert.equal(counts.accepted, 15)
    await settle()
  })

  it('asks no further of a threshold that is as a line says, until it says something else or something changed', () => {
    const { port, counts, read } = openReader()
    port.put('a')
    read('a.err:60|g\n'.repeat(1_000))
    read('a.err:-1|g\n'.repeat(1_000))
    assert.deepEqual([port.adjusted, counts.accepted], [2, 2_000])
    const known = port.adjust.bind(port)
    let asked = 0
    port.adjust = (...said) => {
      asked += 1
      return known(...said)
    }
    read('a.err:60|g\na.autobeat:1|c\n')
    asked = 0
    read('a.err:60|g\na.autobeat:1|c\n'.repeat(1_000))
    assert.ok(asked <= 2, `asked ${asked} times`)
    assert.equal(port.adjusted, 3)
  })

  it('makes the monitor of an unknown name with what is said of it, without a beat', async () => {
    const { port, counts, read } = openReader()
    read('a.err:60|g\na.warn:30|g\nb.timeout:0|g\nb.beat:1|c\nc.err:0|g\n')
    await settle()
    assert.deepEqual(counts, { accepted: 5 })
    const said = (key: string) => port.thresholds.get(port.find(key)?.id ?? 0)
    assert.deepEqual([said('a'), said('b'), said('c')], [{ down: 60_000, degraded: 30_000 }, { down: 0 }, undefined])
    assert.deepEqual([port.count('a'), port.count('b'), port.count('c')], [0, 1, 0])
  })

  it('makes the monitor of an unknown name and counts every beat that came meanwhile', async () => {
    const { port, counts, read } = openReader()
    read('new.beat:1|c\nnew.beat:1|c\n')
    read('new.beat:1|c\n')
    assert.deepEqual(counts, {})
    await settle()
    assert.deepEqual(counts, { accepted: 3 })
    read('new.beat:1|c\n')
    assert.deepEqual(counts, { accepted: 4 })
    assert.equal(port.monitors.size, 1)
  })

  it('goes by what a name means now, after monitors were deleted, made anew or became checks', async () => {
    const { port, counts, read } = openReader()
    port.put('a')
    read('a.beat:1|c')
    port.remove('a')
    port.creates = false
    read('a.beat:1|c')
    await settle()
    assert.deepEqual(counts, { accepted: 1, unknown: 1 })
    const { id } = port.put('a')
    read('a.beat:1|c')
    assert.equal(port.beats.get(id), 1)
    port.put('a', false)
    read('a.beat:1|c')
    assert.deepEqual(counts, { accepted: 2, unknown: 1, not_heartbeat: 1 })
  })

  it('holds the limit under a flood of new names and counts each of them', async () => {
    const { port, counts, read } = openReader()
    port.limit = 10
    for (let name = 0; name < 50_000; name += 10) {
      read(Array.from({ length: 10 }, (_, index) => `flood-${name + index}.beat:1|c`).join('\n'))
      if (name % 1_000 === 0) await settle(1)
    }
    await settle()
    assert.equal(port.monitors.size, 10)
    assert.deepEqual(counts, { accepted: 10, limit: 49_990 })
    port.limit = 11
    port.revision += 1
    read('late.beat:1|c')
    await settle()
    assert.equal(port.count('late'), 1)
  })

  it('makes only so many monitors at once and turns the rest away', async () => {
    const { port, counts, read } = openReader()
    port.limit = 1e6
    read(Array.from({ length: 1_500 }, (_, index) => `burst-${index}.beat:1|c`).join('\n'))
    await settle()
    assert.deepEqual(counts, { accepted: 1_000, full: 500 })
  })

  it('says so when the monitor cannot be stored', async () => {
    const { port, counts, read } = openReader()
    port.away = true
    read('a.beat:1|c\na.beat:1|c')
    await settle()
    assert.deepEqual(counts, { unavailable: 2 })
  })

  it('loses and counts what a full queue does not take, or stops there if it may wait', () => {
    const impatient = openReader()
    impatient.port.put('a')
    impatient.port.full = true
    assert.equal(impatient.read('a.beat:1|c\na.beat:1|c\n'), 22)
    assert.deepEqual(impatient.counts, { full: 2 })
    const patient = openReader(true)
    patient.port.put('a')
    patient.port.full = true
    assert.equal(patient.read('junk\na.beat:1|c\njunk\n'), 5)
    assert.deepEqual(patient.counts, { syntax: 1 })
  })

  it('reads a part of a larger buffer and nothing around it', () => {
    const { port, counts } = openReader()
    const { id } = port.put('a')
    const metrics = new Metrics()
    const parts = { port, roster: new Roster(port, silentLog), names: new Names(), patient: false }
    const reader = new LineReader({ ...parts, tally: openTallies(metrics).udp })
    const around = Buffer.from('zzza.beat:1|czzz\n')
    assert.equal(reader.read(around.subarray(3, 13), 0, 10, 1), 10)
    assert.equal(reader.read(around, 3, 13, 1), 13)
    assert.equal(port.beats.get(id), 2)
    assert.deepEqual(counts, {})
  })
})

/** What a line should come to, said with strings and a regular expression. */
function judged(line: string, known: ReadonlySet<string>): Rejection | 'accepted' | null {
  if (line === '' || line === '\r') return null
  const shape = /^([^:]*):-?\d+\|(?:c|g|ms)(?:\|@[\d.]+)?\r?$/s.exec(line)
  if (!shape) return 'syntax'
  const [, token = ''] = shape
  const dot = token.lastIndexOf('.')
  const verb = dot < 0 ? '' : token.slice(dot + 1)
  if (!['beat', 'autobeat', 'warn', 'err', 'timeout'].includes(verb)) return 'verb'
  const key = token.slice(0, dot)
  // oxlint-disable-next-line no-control-regex -- these are what makes a name none
  if (!/^[^\0-\x1f\x7f]{1,1024}$/.test(key)) return 'name'
  return known.has(key) ? 'accepted' : 'unknown'
}

const known = ['a', 'web-1', 'db.primary', 'Zz_9', 'a.beat', 'nightly-backup.eu-central-1.example']
const pieces = [
  ...known,
  '.beat',
  '.beat:1|c',
  ':1|c',
  '|c',
  '\n',
  '\r\n',
  '.err:2|g',
  '|@0.5',
  ':',
  '.',
  '|',
  '\0',
  'é',
]

describe('any bytes at all', () => {
  it('come to the same as a reading by strings, and never to a crash', async () => {
    const { port, counts, read } = openReader()
    for (const key of known) port.put(key)
    port.creates = false
    port.adjust = () => 'done'
    read('stranger.beat:1|c')
    await settle()
    const expected: Counts = { unknown: 1 }
    const line = fc
      .tuple(
        fc.constantFrom(...known, 'stranger', 'a/b', '', '\t', '_x'),
        fc.constantFrom('.beat', '.beat', '.beat', '.err', '.autobeat', '.boom', ''),
        fc.constantFrom(':1|c', ':1|c', ':-5|ms|@0.1', ':x|c', '', ':1|c:'),
        fc.constantFrom('\n', '\n', '\r\n', '\n\n', ''),
      )
      .map((parts) => parts.join(''))
    const many = { maxLength: 40, size: 'max' } as const
    const anything = fc.oneof(
      fc.array(line, many).map((lines) => Buffer.from(lines.join(''))),
      fc.array(fc.constantFrom(...pieces), many).map((parts) => Buffer.from(parts.join(''))),
      fc.uint8Array({ maxLength: 200, size: 'max' }).map((bytes) => Buffer.from(bytes)),
    )
    fc.assert(
      fc.property(anything, (bytes) => {
        for (const line of bytes.toString('latin1').split('\n')) {
          const result = judged(line, new Set(known))
          if (result !== null) expected[result] = (expected[result] ?? 0) + 1
        }
        assert.equal(read(bytes), bytes.length)
        assert.deepEqual(counts, expected)
      }),
      { numRuns: 5_000 },
    )
    for (const result of ['accepted', 'unknown', 'syntax', 'verb', 'name'] as const) {
      assert.ok((counts[result] ?? 0) > 100, `${result} came up often enough to mean something`)
    }
  })

  it('may be two hundred thousand random lines, each of them counted', async () => {
    const { port, counts, read } = openReader()
    for (const key of known) port.put(key)
    port.limit = 0
    let seed = 20_261_121
    const dice = (sides: number) => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((seed / 0x1_0000_0000) * sides)
    }
    let lines = 0
    for (let packet = 0; packet < 20_000; packet += 1) {
      const parts = Array.from({ length: 12 }, () =>
        dice(3) === 0
          ? String.fromCharCode(...Array.from({ length: dice(30) + 1 }, () => dice(256))).replaceAll(/[\n\r]/g, 'x')
          : `${known[dice(known.length)]}${pieces[dice(pieces.length)]?.replaceAll(/[\n\r]/g, 'x')}:1|c`,
      )
      lines += parts.length
      read(Buffer.from(parts.join('\n'), 'latin1'))
      if (packet % 500 === 0) await settle(1)
    }
    await settle()
    assert.ok(lines >= 200_000)
    assert.equal(
      Object.values(counts).reduce((sum, one) => sum + one, 0),
      lines,
    )
    assert.ok(Object.keys(counts).every((name) => name === 'accepted' || name in rejections))
  })
})
