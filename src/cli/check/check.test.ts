// Tests of `allswell check` against real targets on loopback: its words, exit codes, and what it shows.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { z } from 'zod'
import { channelKinds } from '#channels/index.ts'
import { defineCheck, type Finding } from '#checks/check.ts'
import { kinds } from '#checks/index.ts'
import { openManifest } from '#manifest/read.ts'
import { systemClock } from '#platform/clock.ts'
import { answers, openTarget, page } from '#test/targets.ts'
import { run as runLine } from '../testing.ts'
import { ownOptions } from './words.ts'
import { commandOf } from './example.ts'
import { optionsOfKind } from './request.ts'

const folder = mkdtempSync(join(tmpdir(), 'allswell-check-'))
after(() => rmSync(folder, { recursive: true }))

const parts = { manifest: openManifest({ kinds, channelKinds }), clock: systemClock }
const run = (line: string, options: Parameters<typeof runLine>[1] = {}) =>
  runLine(`check ${line}`, { ...options, parts: { ...parts, ...options.parts } })

interface Printed extends Finding {
  readonly kind: string
  readonly monitor: string | null
  readonly target: string
  readonly facts: { readonly phases: Record<string, number>; readonly response?: { readonly body: string } }
}
const json = async (line: string, options = {}) => {
  const { code, stdout, stderr } = await run(`${line} --json`, options)
  assert.equal(stderr, '')
  return { code, found: JSON.parse(stdout) as Printed }
}

/** A kind whose finding is the test's, beside the real ones; it remembers its settings. */
function withKind(finding: Finding, schema: z.ZodType = z.strictObject({ at: z.string() }), target = 'at') {
  const seen: unknown[] = []
  const kind = defineCheck<unknown>({
    kind: 'made-up',
    title: 'Made up',
    summary: 'Finds what it is told to.',
    config: schema,
    target,
    describe: () => 'somewhere',
    probe: async (config) => {
      seen.push(config)
      return finding
    },
  })
  const manifest = openManifest({ kinds: [...kinds.values(), kind], channelKinds })
  return { seen, options: { parts: { manifest } } }
}
const well: Finding = { outcome: 'up', latency: 12.3456, reason: null, sentence: null }

test('a target that is well is told with address, phases and the beginning of its answer, and code 0', async (t) => {
  const { port } = await openTarget(t, answers(page('All is fine here')))
  const { code, stdout } = await run(`http http://127.0.0.1:${port}/health --expect.body.contains fine`)
  assert.equal(code, 0, stdout)
  assert.match(stdout, new RegExp(`^✓ UP  http http://127.0.0.1:${port}/health\n  All is well. It took .* ms.\n`))
  assert.match(stdout, /\n {2}address {2}127\.0\.0\.1\n/)
  assert.match(stdout, /\n {2}first byte +\d+(\.\d+)? ms {2}·*█+/)
  assert.match(stdout, /\n {4}body +All is fine here\n/)
})

test('each outcome has its word, its shape, its colour and its exit code', async () => {
  for (const [outcome, shape, colour, expected] of [
    ['up', '✓', 32, 0],
    ['degraded', '!', 33, 1],
    ['down', '✗', 31, 2],
    ['unknown', '?', 33, 3],
  ] as const) {
    const { options } = withKind({ ...well, outcome, sentence: outcome === 'up' ? null : 'The sentence.' })
    const { code, stdout } = await run('made-up x', { ...options, isTTY: true })
    assert.equal(code, expected)
    assert.ok(stdout.includes(`\u001B[${colour}m${shape} ${outcome.toUpperCase()}\u001B[0m`), JSON.stringify(stdout))
    assert.match(stdout, outcome === 'up' ? /All is well/ : /The sentence\./)
  }
})

test('colours are for terminals, unless NO_COLOR is set', async () => {
  const { options } = withKind({ ...well, facts: { phases: { resolve: 1, connect: 2 } } })
  assert.ok(!(await run('made-up x', options)).stdout.includes('\u001B'))
  const still = await run('made-up x', { ...options, isTTY: true, env: { NO_COLOR: '1' } })
  assert.ok(!still.stdout.includes('\u001B'))
})

test('json has everything that was found', async (t) => {
  const { port } = await openTarget(t, answers(page('nothing', 'HTTP/1.1 503 No')))
  const { code, found } = await json(`http http://127.0.0.1:${port}/ --timeout 3s`)
  assert.equal(code, 2)
  const { kind, monitor, target, outcome, reason, sentence, facts } = found
  assert.deepEqual([kind, monitor, target], ['http', null, `http://127.0.0.1:${port}/`])
  assert.deepEqual([outcome, reason], ['down', 'status'])
  assert.match(sentence ?? '', /^It answered 503/)
  assert.equal(facts.response?.body, 'nothing')
  assert.ok((facts.phases['connect'] ?? 0) > 0)
})

test('options become settings: nested, repeated, named by people, switched on and off', async () => {
  const schema = z.strictObject({
    at: z.string(),
    deep: z.strictObject({ er: z.int().optional(), list: z.array(z.string()).optional() }).optional(),
    one_or_many: z.union([z.string(), z.array(z.string())]).optional(),
    headers: z.record(z.string(), z.string()).optional(),
    on: z.boolean().default(true),
    off: z.boolean().default(false),
    mode: z.enum(['AAAA', 'MX']).optional(),
    ip: z.union([z.literal('any'), z.literal(4)]).optional(),
    both: z.union([z.boolean(), z.strictObject({ name: z.boolean() })]).optional(),
    steps: z.array(z.strictObject({ url: z.string() })).optional(),
    places: z
      .union([
        z.array(z.strictObject({ path: z.string(), less: z.number().optional() })),
        z.record(z.string(), z.union([z.string(), z.boolean(), z.strictObject({ less: z.number() })])),
      ])
      .optional(),
  })
  const { seen, options } = withKind(well, schema)
  const set = async (line: string) => {
    const { code, stderr } = await run(`made-up ${line}`, options)
    assert.equal(code, 0, stderr)
    const { on, off, ...rest } = seen.pop() as Record<string, unknown>
    return on === true && off === false ? rest : { ...rest, on, off }
  }
  assert.deepEqual(await set('x --deep.er 7 --deep.list a'), { at: 'x', deep: { er: 7, list: ['a'] } })
  assert.deepEqual(await set('--deep.list a --deep.list=b --at=x'), { at: 'x', deep: { list: ['a', 'b'] } })
  assert.deepEqual(await set('x --one_or_many 42'), { at: 'x', one_or_many: '42' })
  assert.deepEqual(await set('x --one-or-many a --one-or-many=--b'), { at: 'x', one_or_many: ['a', '--b'] })
  assert.deepEqual(await set('x --headers.X-Key.a v --headers.constructor w'), {
    at: 'x',
    headers: { 'X-Key.a': 'v', constructor: 'w' },
  })
  assert.deepEqual(await set('--no-on --off x'), { at: 'x', on: false, off: true })
  assert.deepEqual(await set('--on false --off=true x'), { at: 'x', on: false, off: true })
  assert.deepEqual(await set('x --mode mx --ip 4'), { at: 'x', mode: 'MX', ip: 4 })
  assert.deepEqual(await set('x --both'), { at: 'x', both: true })
  assert.deepEqual(await set('x --both.name=false'), { at: 'x', both: { name: false } })
  assert.deepEqual(await set('x --steps {"url":"a"} --steps [{"url":"b"}]'), {
    at: 'x',
    steps: [{ url: 'a' }, { url: 'b' }],
  })
  assert.deepEqual(await set('x --places./a ok --places.b.c {"less":3} --places.d true'), {
    at: 'x',
    places: { '/a': 'ok', 'b.c': { less: 3 }, d: true },
  })
  assert.deepEqual(await set('x --places {"/a":"ok"}'), { at: 'x', places: { '/a': 'ok' } })
  assert.deepEqual(await set('x --places {"path":"/a","less":3}'), { at: 'x', places: [{ path: '/a', less: 3 }] })
  assert.deepEqual(await set('-- --x'), { at: '--x' })
})

test('settings that say by themselves where to look need no target beside them', async () => {
  const { code, stdout } = await run('http --steps [{"url":"http://127.0.0.1:1/"}]')
  assert.equal(code, 2)
  assert.match(stdout, /Step 1: nothing listens on 127\.0\.0\.1:1/)
})

test('references stand for what is secret, and no message shows it', async () => {
  const schema = z.strictObject({ at: z.string(), token: z.string().max(5) })
  writeFileSync(join(folder, 'token'), 'hush\n')
  const { seen, options } = withKind(well, schema)
  await run(`made-up x --token \${file:${join(folder, 'token')}}`, options)
  assert.deepEqual(seen, [{ at: 'x', token: 'hush' }])
  const long = { ...options, env: { TOKEN: 'hunter22' } }
  const wrong = await run('made-up x --token ${env:TOKEN} --at ${env:TOKEN}', long)
  assert.equal(wrong.code, 64)
  assert.doesNotMatch(wrong.stderr, /hunter22/)
  assert.match((await run('made-up x --token ${env:NONE}', options)).stderr, /--token: .*variable NONE is not set/)
})

test('words that make no sense are refused together with code 64, each with its option', async () => {
  const refused = async (line: string, options = {}) => {
    const { code, stdout, stderr } = await run(line, options)
    assert.deepEqual([code, stdout], [64, ''], line)
    return stderr
  }
  assert.match(await refused(''), /say what to check: one of http, tcp/)
  assert.match(await refused('htpt https://x.test/'), /there is no kind htpt; did you mean http\?/)
  assert.match(await refused('https://x.test/'), /say how to check .*: allswell check http https:\/\/x\.test\//)
  assert.match(await refused('x.test:25'), /allswell check tcp x\.test:25/)
  assert.match(await refused('heartbeat'), /a heartbeat cannot be checked by hand/)
  assert.match(await refused('http'), /say what to look at: allswell check http URL/)
  assert.match(await refused('http'), /See allswell check http --help\n$/)
  assert.match(await refused('http --method GET'), /the url: expected a URL such as/)
  assert.match(await refused('tcp --tls'), /say what to look at: allswell check tcp ADDRESS/)
  assert.match(await refused('http x.test'), /the url: x\.test is not a URL; write https:\/\/x\.test/)
  assert.match(await refused('http http://x.test http://y.test'), /unexpected word http:\/\/y\.test/)
  assert.match(await refused('http http://x.test --expect.body.contains'), /contains needs a value;/)
  assert.match(await refused('http http://x.test --header A:b'), /--header; did you mean --headers\.NAME\?/)
  const bare = await refused('domain x.test --days-left 5')
  assert.match(bare, /--days-left needs more: give one of --days_left\.degraded, .*, or --no-days_left\n/)
  assert.match(await refused('dns x.test mx'), /unexpected word mx; did you mean --type mx\?/)
  assert.match(await refused('--json http http://x.test'), /the kind comes first, such as: allswell check http https/)
  const many = await refused('http http://x.test --expct.status 3 --status 5 --timeout 5 --follow')
  assert.match(many, /--expct\.status; did you mean --expect\.status\?\n/)
  assert.match(many, /--status; did you mean --expect\.status\?\n/)
  assert.match(many, /--timeout: 5 is no duration; write it with its unit/)
  assert.match(many, /--follow needs a value;/)
  assert.match(await refused('http http://x.test --expect 200'), /--expect has parts; give one of --expect\.status/)
  const values = await refused('http http://x.test --expect.status 99 --method GTE --headers.A\u00e4 x --follow x')
  for (const name of ['expect.status', 'method', 'headers', 'follow'])
    assert.ok(values.includes(`--${name}`), `${name}: ${values}`)
  assert.match(await refused('http http://x.test --follow 1 --follow 2'), /--follow is given twice/)
  assert.match(await refused('tls x.test:1 --verify --verify.name'), /--verify\.name: --verify says it all already/)
  assert.match(await refused('tls x.test:1 --verify.name --no-verify'), /--no-verify: its parts --verify\.… are given/)
  assert.match(
    await refused('http http://x.test --method --json'),
    /--method needs a value; .* written --method=VALUE\n/,
  )
  assert.match(await refused('http http://x.test --timeout 1ms'), /--timeout: 1ms is not within 50ms and 1h/)
})

test('nothing of a target’s bytes reaches the terminal as it came', async (t) => {
  const evil = 'a\u001b[2Jb\u009b31mc\u202ed\u0007e\rf\u{e0041}'
  const { port } = await openTarget(t, answers(page(`${evil}\nsecond\n`, 'HTTP/1.1 500 X\r\nX-Evil: \u001b]0;t')))
  const { stdout } = await run(`http http://127.0.0.1:${port}/`)
  assert.doesNotMatch(stdout, /[^\P{Cc}\n]|[\u202a-\u202e]|\p{Co}|\u{e0041}/u)
  assert.ok(stdout.includes('a\\x1b[2Jb\\x9b31mc\\u202ed\\x07e\\x0df'), stdout)
  const printed = await run(`http http://127.0.0.1:${port}/ --json`)
  assert.doesNotMatch(printed.stdout, /[^\P{Cc}\n]|[\u202a-\u202e]/u)
  assert.ok((JSON.parse(printed.stdout) as Printed).facts.response?.body.startsWith(evil))
})

test('no line is wider than the terminal, and what is long is cut or broken', async () => {
  const facts = {
    address: '2001:db8::1',
    words: 'so many words '.repeat(40),
    one: 'x'.repeat(500),
    list: Array.from({ length: 40 }, (_, index) => ({ subject: `number ${index} ${'y'.repeat(90)}`, days: index })),
    answer: Array.from({ length: 50 }, (_, index) => `${index} ${'漢字'.repeat(60)}`).join('\n'),
    phases: { resolve: 0, connect: 0.001, firstByte: 12_345.678 },
    deep: { a: { b: { c: { d: { e: { f: { g: { h: 1 } } } } } } } },
  }
  const { options } = withKind({ ...well, outcome: 'down', sentence: 'word '.repeat(60).trim(), facts })
  const cells = (line: string) => line.length + (line.match(/[漢字]/g)?.length ?? 0)
  const { stdout } = await run('made-up x', options)
  for (const line of stdout.split('\n')) assert.ok(cells(line) <= 80, `${cells(line)}: ${line}`)
  assert.match(stdout, /… and 20 more\n/)
  assert.match(stdout, /… 38 more lines\n/)
  assert.ok(stdout.split('\n').length < 200)
})

test('a monitor of a file is looked at as the file says, before the file is in use', async (t) => {
  const { port } = await openTarget(t, answers(page('fine')))
  const file = join(folder, 'allswell.yaml')
  const monitors = `
  web: { http: { url: "http://127.0.0.1:${port}/" }, interval: 7s, timeout: 6s, paused: true }
  job: { heartbeat: { every: 1d } }
  inside: { tcp: { address: "127.0.0.1:${port}" } }
`
  writeFileSync(file, `version: 1\nmonitors:${monitors}`)
  const { code, found } = await json(`--config ${file} web`)
  assert.deepEqual([code, found.monitor, found.kind, found.outcome], [0, 'web', 'http', 'up'])
  assert.equal((await run('web', { env: { ALLSWELL_CONFIG: file } })).code, 0)
  const refused = async (line: string) => {
    const { code, stderr } = await run(line)
    assert.equal(code, 64)
    return stderr
  }
  assert.match(await refused(`--config ${file} wbe`), /there is no monitor wbe in .*did you mean web\?/)
  assert.match(await refused(`--config ${file} job`), /a heartbeat cannot be checked by hand/)
  assert.match(await refused(`--config ${file}`), /say which monitor of/)
  assert.match(await refused(`--config ${file} web --expect.status 200`), /unknown option --expect\.status/)
  assert.match(await refused(`--config ${join(folder, 'none.yaml')} web`), /there is no such file/)
  writeFileSync(file, `version: 1\nnetworks: { denied: [loopback] }\nmonitors:${monitors}`)
  const denied = await json(`--config ${file} inside`)
  assert.deepEqual([denied.code, denied.found.reason], [2, 'forbidden'])
  writeFileSync(file, `version: 1\nmonitors: { web: { htp: {} } }\n`)
  assert.match(await refused(`--config ${file} web`), /allswell\.yaml:2:\d+: .*did you mean "http"/)
})

test('addresses where clouds keep credentials are refused as the server refuses them', async () => {
  const { code, found } = await json('http http://169.254.169.254/latest/meta-data/')
  assert.deepEqual([code, found.outcome, found.reason], [2, 'down', 'forbidden'])
})

test('help tells about each kind: every setting, and an example that is understood', async () => {
  const general = await run('--help')
  assert.match(general.stdout, /0 up, 1 degraded, 2 down, 3 unknown/)
  for (const kind of kinds.values()) {
    const { code, stdout } = await run(`${kind.kind} --help`)
    assert.equal(code, 0)
    assert.equal((await runLine(`help check ${kind.kind}`, { parts })).stdout, stdout)
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80 || /^ {4}(--\S+ )?'/.test(line), line)
    if (!kind.active) continue
    assert.match(general.stdout, new RegExp(`^ {2}${kind.kind} `, 'm'))
    for (const { name } of optionsOfKind(kind)) {
      assert.ok(stdout.includes(name === kind.target ? name.toUpperCase() : name.replace('*', 'NAME')), name)
      assert.ok(!ownOptions.some(({ flag }) => flag === name), `${kind.kind}.${name} is an option of check itself`)
    }
  }
})

test('the example of a kind, as words of a command line, is that example again', async () => {
  for (const kind of kinds.values()) {
    if (!kind.active || !kind.example) continue
    const { seen, options } = withKind(well, kind.config, kind.target)
    const [, ...words] = commandOf(kind)
    const { stderr } = await runLine(['check', 'made-up', ...words.flat()], {
      parts: { ...parts, ...options.parts },
    })
    assert.deepEqual(seen, [kind.config.parse(kind.example)], `${kind.kind}: ${stderr}`)
  }
})
