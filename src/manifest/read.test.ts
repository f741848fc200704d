// Tests of reading single entries: defaults, limits that depend on each other, and one meaning wherever they come from.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { channelKinds } from '#channels/index.ts'
import { kinds } from '#checks/index.ts'
import { everyWithGrace } from '#core/expected.ts'
import type { Read } from './model.ts'
import { openManifest } from './read.ts'
import { fakes } from './testing.ts'

const manifest = openManifest(fakes)
const address = '127.0.0.1:1'
const value = <Model>(read: Read<Model>): Model => {
  assert.deepEqual(read.ok ? [] : read.faults, [])
  return (read as { value: Model }).value
}
const faults = (read: Read<unknown>) =>
  read.ok ? [] : read.faults.map((fault) => `${fault.path.join('.')}: ${fault.message}`)
const policy = (fields: object) => value(manifest.readMonitor('web', { tcp: { address }, ...fields })).policy

test('a monitor that says nothing more is checked every minute, with two bad checks to be down', () => {
  assert.deepEqual(value(manifest.readMonitor('web', { tcp: { address } })), {
    key: 'web',
    name: 'web',
    kind: 'tcp',
    config: { address },
    target: address,
    labels: {},
    paused: false,
    active: true,
    host: null,
    alias: null,
    mail: null,
    members: null,
    policy: {
      interval: 60_000,
      timeout: 10_000,
      failAfter: 2,
      recoverAfter: 1,
      retryEvery: 15_000,
      quorum: 'majority',
      staleAfter: 190_000,
      beat: null,
    },
  })
})

test('what follows from others is confirmed already, is never stale, and takes no settings of asking', () => {
  const read = (more: object) => manifest.readMonitor('all', { group: { monitors: ['web-*'] }, ...more })
  const { members, active, policy } = value(read({}))
  assert.deepEqual([members, active], [{ keys: ['web-*'], labels: null }, false])
  const { interval, failAfter, recoverAfter, staleAfter, beat } = policy
  assert.deepEqual([interval, failAfter, recoverAfter, staleAfter, beat], [null, 1, 1, null, null])
  const written = { interval: '1m', timeout: '1s', retry_every: '1s', fail_after: 2, recover_after: 2, quorum: 'all' }
  assert.deepEqual(
    faults(read(written)).map((fault) => fault.split(':')[0]),
    Object.keys(written),
  )
  assert.deepEqual([manifest.isDerived('group'), manifest.isDerived('tcp')], [true, false])
})

test('timeout and retry follow a short interval when they are left out', () => {
  const { timeout, retryEvery, staleAfter } = policy({ interval: '1s' })
  assert.deepEqual({ timeout, retryEvery, staleAfter }, { timeout: 1_000, retryEvery: 1_000, staleAfter: 15_000 })
  assert.equal(policy({ interval: '20s' }).retryEvery, 5_000)
  assert.equal(policy({ interval: '1d' }).retryEvery, 15_000)
  assert.equal(policy({ interval: '1d' }).timeout, 10_000)
})

test('a kind may have its own usual interval, which what is written replaces', () => {
  const patient = openManifest({ kinds: fakes.kinds.map((kind) => ({ ...kind, interval: '1d' })), channelKinds: [] })
  const interval = (fields: object) =>
    value(patient.readMonitor('web', { tcp: { address }, ...fields })).policy.interval
  assert.equal(interval({}), 86_400_000)
  assert.equal(interval({ interval: '5m' }), 300_000)
})

test('a timeout or a retry longer than the interval is refused, each by itself', () => {
  const read = manifest.readMonitor('web', { tcp: { address }, interval: '5s', timeout: '6s', retry_every: '7s' })
  assert.deepEqual(faults(read), [
    'timeout: 6s is longer than the interval of 5s; make it shorter or the interval longer',
    'retry_every: 7s is longer than the interval of 5s; make it shorter or the interval longer',
  ])
})

test('what does not fit into the interval is told, whatever else is wrong', () => {
  const spans = { interval: '5s', timeout: '6s', retry_every: 'soon' }
  const read = manifest.readMonitor('web', { tcp: { address }, ...spans, fail_after: 0 })
  assert.deepEqual(
    faults(read).map((fault) => fault.split(':')[0]),
    ['fail_after', 'retry_every', 'timeout'],
  )
})

test('a heartbeat is down after one fault and has the expectation of its kind, and no interval', () => {
  const { policy, active, target } = value(manifest.readMonitor('job', { heartbeat: { every: '1d', grace: '2h' } }))
  assert.equal(active, false)
  assert.equal(target, 'every 86400000 ms')
  assert.deepEqual(policy, {
    interval: null,
    timeout: 0,
    failAfter: 1,
    recoverAfter: 1,
    retryEvery: 0,
    quorum: 'majority',
    staleAfter: null,
    beat: everyWithGrace({ every: 86_400_000, grace: 7_200_000 }),
  })
})

test('a kind without settings may stand empty', () => {
  assert.deepEqual(faults(manifest.readMonitor('job', { heartbeat: null })), [
    'heartbeat.every: is missing; expected a duration with a unit, such as 30s, 5m or 1h30m',
  ])
  assert.equal(openManifest({ kinds, channelKinds }).readMonitor('job', { heartbeat: null }).ok, true)
})

test('all faults of an entry are told at once: of its key, its kind’s settings and its common fields', () => {
  const read = manifest.readMonitor('a b', { tcp: { port: 1 }, intervall: '5s', fail_after: 99, labels: { x: 1 } })
  assert.deepEqual(faults(read), [
    ': "a b" is not a key; a key is 1 to 128 letters, digits, "." "_" or "-", beginning with a letter or digit',
    'intervall: the key "intervall" is not known; did you mean "interval"?',
    'tcp.address: is missing; expected text',
    'tcp.port: the key "port" is not known; known: address',
    'fail_after: must be at most 20, got the number 99',
    'labels.x: expected text, got the number 1; put it in quotes',
  ])
})

test('a key is one to 128 letters, digits, dots, underscores and hyphens', () => {
  for (const key of ['a', '0', 'shop.eu-1_x', 'x'.repeat(128)])
    assert.equal(manifest.readMonitor(key, { tcp: { address } }).ok, true, key)
  for (const key of ['', '-a', '.', 'a/b', 'ä', 'a\n', 'x'.repeat(129)])
    assert.equal(manifest.readMonitor(key, { tcp: { address } }).ok, false, key)
})

test('a first wait that is longer than the longest is refused, whatever else is wrong', () => {
  const retry = { first: '2h', most: '1h' }
  const read = manifest.readChannel('hook', { webhook: { url: 'http://x/' }, retry, timeout: 5 })
  assert.deepEqual(faults(read), [
    'timeout: expected a duration with a unit, such as 30s, 5m or 1h30m',
    'retry.first: 2h is longer than most, the longest wait, which is 1h; make it shorter, or most longer',
  ])
})

test('a channel is tried again from 2 s on, at most every hour, for a day', () => {
  const { timeout, retry } = value(manifest.readChannel('hook', { webhook: { url: 'http://x/' } }))
  assert.deepEqual(
    { timeout, retry },
    { timeout: 10_000, retry: { first: 2_000, most: 3_600_000, giveUpAfter: 86_400_000 } },
  )
})

test('a rule takes one channel or many, one key or many, labels or all of it', () => {
  const selector = (monitors: unknown) => value(manifest.readRule('r', { monitors, tell: 'hook' })).monitors
  assert.deepEqual(selector('web'), { keys: ['web'], labels: null })
  assert.deepEqual(selector(['web', 'db-*']), { keys: ['web', 'db-*'], labels: null })
  assert.deepEqual(selector({ keys: 'web' }), { keys: ['web'], labels: null })
  assert.deepEqual(selector({ labels: { a: 'b*' } }), { keys: null, labels: { a: 'b*' } })
  const rule = value(manifest.readRule('r', { monitors: '*', tell: ['a', 'b', 'a'], on: 'down' }))
  assert.deepEqual([rule.tell, rule.on], [['a', 'b'], ['down']])
  assert.deepEqual(value(manifest.readRule('r', { monitors: '*', tell: 'a' })).on, ['down', 'up'])
})

test('a selection that says nothing is refused rather than taken for everything', () => {
  assert.deepEqual(faults(manifest.readRule('r', { monitors: {}, tell: 'a' })), [
    'monitors: says nothing; give "keys", "labels" or both',
  ])
  assert.deepEqual(faults(manifest.readRule('r', { monitors: { labels: {} }, tell: 'a' })), [
    'monitors.labels: needs at least one label',
  ])
})

test('a page names its components by their keys or makes keys of their names, in any script', () => {
  const components = ['Web shop (EU)', 'Café', '東京', 'x'].map((name) => ({ name, monitors: 'web' }))
  const spec = { title: 'S', groups: [{ components: [...components, { name: 'Other', key: 'one', monitors: '*' }] }] }
  const page = value(manifest.readPage('main', spec))
  const keys = page.groups[0]?.components.map((component) => component.key)
  assert.deepEqual(keys, ['web-shop-eu', 'cafe', '東京', 'x', 'one'])
  assert.deepEqual(page.incidents, { openAfter: 120_000, resolveAfter: 120_000 })
  assert.equal(page.zone, 'UTC')
  assert.deepEqual(page.groups[0]?.components[0]?.mapping, {
    down: 'major_outage',
    degraded: 'degraded',
    unknown: 'unknown',
  })
})

test('how many patterns choose monitors, and how long they are, is bounded', () => {
  const patterns = (many: number) => Array.from({ length: many }, (_, index) => `web-${index}*`)
  const page = (...lists: string[][]) => {
    const components = lists.map((monitors, index) => ({ name: `C${index}`, monitors }))
    return faults(manifest.readPage('main', { title: 'S', groups: [{ components }] }))
  }
  assert.deepEqual(page(patterns(1_000), patterns(1_000)), [])
  assert.match(page(patterns(1_000), patterns(1_000), ['web'])[0] ?? '', /^groups: .*more than 2000 patterns/)
  assert.match(page(patterns(1_001))[0] ?? '', /at most 1000/)
  assert.match(page(['*'.repeat(129)])[0] ?? '', /is not a key or a pattern/)
  const labels = Object.fromEntries(patterns(21).map((_, index) => [`a${index}`, 'x']))
  assert.match(faults(manifest.readRule('r', { monitors: { labels }, tell: 'a' }))[0] ?? '', /at most 20 labels/)
})

test('incidents may be told never to open by themselves', () => {
  const page = value(manifest.readPage('main', { title: 'S', groups: [], incidents: { open_after: 'never' } }))
  assert.deepEqual(page.incidents, { openAfter: null, resolveAfter: 120_000 })
})

test('by default heartbeats come from loopback and private networks, and metadata addresses are denied', () => {
  const server = value(manifest.readServer({}))
  assert.deepEqual(server.networks.beats, [
    '127.0.0.0/8',
    '::1/128',
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    'fc00::/7',
  ])
  assert.ok(server.networks.denied.includes('169.254.0.0/16'))
  assert.deepEqual(server.networks.trustedProxies, [])
  const { lovebeat, ...heartbeats } = server.heartbeats
  assert.deepEqual(heartbeats, { create: true, limit: 1_000, every: 86_400_000, grace: 3_600_000 })
  assert.equal(lovebeat, '1.0')
  assert.deepEqual(server.keep, { observations: 259_200_000, hours: 7_776_000_000, audit: 31_536_000_000 })
  assert.deepEqual([server.smtp, server.publicUrl], [null, null])
})

test('words for networks are spelled out, and a public URL loses its last slash', () => {
  const server = value(manifest.readServer({ networks: { beats: ['any'] }, public_url: 'https://s.example/x/' }))
  assert.deepEqual(server.networks.beats, ['0.0.0.0/0', '::/0'])
  assert.equal(server.publicUrl, 'https://s.example/x')
})

test('what is no mapping at all is a fault, never a throw', () => {
  for (const spec of [null, undefined, 1, 'tcp', [], true]) {
    for (const read of [manifest.readMonitor, manifest.readChannel, manifest.readRule, manifest.readPage])
      assert.ok(faults(read('x', spec)).length > 0)
    assert.equal(manifest.readServer(spec).ok, false)
  }
})

test('of very many faults the first are told, and how many more there are', () => {
  const many = Object.fromEntries(Array.from({ length: 30_000 }, (_, n) => [`no_such_key_${n}`, 1]))
  for (const [place, spec] of [
    ['', { tcp: { address }, ...many }],
    ['', many],
    ['tcp', { tcp: { address, ...many } }],
    ['', { tcp: { address }, labels: many }],
  ] as const) {
    const told = faults(manifest.readMonitor('web', spec))
    assert.equal(told.length, 101)
    assert.equal(told.at(-1), `${place}: 29900 more things are wrong with it; mend these first`)
  }
})

test('every real kind and channel refuses an unknown key in its settings', () => {
  const real = openManifest({ kinds, channelKinds })
  for (const kind of kinds.keys())
    assert.match(faults(real.readMonitor('x', { [kind]: { no_such_key: 1 } })).join('\n'), /no_such_key: the key/)
  for (const kind of channelKinds.keys())
    assert.match(faults(real.readChannel('x', { [kind]: { no_such_key: 1 } })).join('\n'), /no_such_key: the key/)
})

test('a name or a label that turns the direction of text is refused; Arabic and emoji are not', () => {
  const tcp = { address }
  const turned = 'holds a character that turns the direction of text (U+202A to U+202E, U+2066 to U+2069); take it out'
  for (const mark of ['\u202a', '\u202e', '\u2066', '\u2069']) {
    const found = faults(manifest.readMonitor('web', { tcp, name: `a${mark}b`, labels: { team: `${mark}b` } }))
    assert.deepEqual(found, [`name: ${turned}`, `labels.team: ${turned}`])
    assert.deepEqual(faults(manifest.readPage('main', { title: mark, groups: [] })), [`title: ${turned}`])
  }
  assert.equal(value(manifest.readMonitor('web', { tcp, name: 'متجر 🛒' })).name, 'متجر 🛒')
})
