// Tests of the command line as a whole: help, refusals, exit codes, and each small command.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { kinds } from '#checks/index.ts'
import { openManifest } from '#manifest/read.ts'
import { fakes } from '#manifest/testing.ts'
import type { Settings } from '#platform/settings.ts'
import { run } from './testing.ts'

const golden = new URL('../../test/golden/manifests/', import.meta.url).pathname

test('without a command, or asked for help, it lists the commands', async () => {
  const outputs = await Promise.all(['', '--help', '-h', 'help'].map((line) => run(line)))
  for (const { code, stdout, stderr } of outputs) {
    assert.equal(code, 0)
    assert.equal(stderr, '')
    assert.equal(stdout, outputs[0]?.stdout)
    for (const name of ['serve', 'validate', 'schema', 'token', 'doctor'])
      assert.match(stdout, new RegExp(`^  ${name} `, 'm'))
  }
})

test('each command tells about itself, with every flag and variable', async () => {
  const serve = await run('serve --help')
  for (const word of ['--config FILE', 'ALLSWELL_CONFIG', '--listen HOST:PORT', 'ALLSWELL_ADMIN_TOKEN', '[::]:8080'])
    assert.ok(serve.stdout.includes(word), word)
  assert.match((await run('help token')).stdout, /allswell token create --name NAME/)
  assert.equal((await run('token --help')).stdout, (await run('help token')).stdout)
})

test('it knows its version', async () => {
  assert.deepEqual(await run('--version'), { code: 0, stdout: 'allswell 1.2.3\n', stderr: '' })
})

test('an unknown command is refused with the nearest one and code 2', async () => {
  assert.deepEqual(await run('serv'), {
    code: 2,
    stdout: '',
    stderr: 'allswell: unknown command serv; did you mean serve?\nSee allswell --help\n',
  })
  assert.match((await run('--data x')).stderr, /the command comes first/)
})

test('wrong flags and variables are refused together with code 2, and nothing runs', async () => {
  let served = 0
  const parts = { serve: () => Promise.resolve((served += 1)) }
  const { code, stderr } = await run('serve --dta x extra', { parts, env: { ALLSWELL_CONFG: 'x' } })
  assert.equal(code, 2)
  assert.match(stderr, /unknown flag --dta; did you mean --data\?\n.*unknown environment variable ALLSWELL_CONFG/s)
  assert.equal((await run('serve extra', { parts })).code, 2)
  assert.equal(served, 0)
})

test('a command that knows no words refuses them instead of passing them over', async () => {
  const { code, stdout, stderr } = await run('doctor allswell.yaml')
  assert.equal(code, 2)
  assert.equal(stdout, '')
  assert.match(stderr, /unexpected argument allswell\.yaml/)
  assert.equal((await run('schema allswell.schema.json')).code, 2)
})

test('serve hands over the settings and gives the server’s exit code', async () => {
  const seen: Settings[] = []
  const serve = (settings: Settings) => {
    seen.push(settings)
    return Promise.resolve(7)
  }
  const { code } = await run('serve --data /d', { parts: { serve } })
  assert.equal(code, 7)
  assert.equal(seen[0]?.data, '/d')
})

test('what a command throws is one line on stderr and code 1', async () => {
  const serve = () => Promise.reject(new Error('port 8080 is taken'))
  assert.deepEqual(await run('serve', { parts: { serve } }), {
    code: 1,
    stdout: '',
    stderr: 'allswell: port 8080 is taken\n',
  })
})

test('validate sums up a good file and shows all faults of a bad one', async () => {
  const good = await run(`validate ${golden}valid/everything.yaml`)
  assert.equal(good.code, 0)
  assert.equal(good.stdout, `${golden}valid/everything.yaml: ok, 5 monitors, 2 channels, 2 rules, 2 pages\n`)
  const both = await run(`validate ${golden}invalid/unknown-section.yaml ${golden}valid/minimal.yaml`)
  assert.equal(both.code, 1)
  assert.match(both.stderr, /unknown-section\.yaml:2:1: monitor: .*"monitors"\?\n {2}2 \| monitor: \{\}\n {4}\| \^\n/)
  assert.match(both.stdout, /unknown-section\.yaml: 2 faults\n.*minimal\.yaml: ok/s)
})

test('validate prints nothing that a terminal would obey, whatever stands in the file', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'allswell-validate-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'a.yaml')
  const [escape, turn, csi] = ['\u001b', '\u202e', '\u009b']
  writeFileSync(
    file,
    `version: 1\nmonitors:\n` +
      `  "a\\e[31m": { http: { url: "\\e[2J" }, interval: "${turn}5s${csi}" } # ${escape}[31m${turn}\n` +
      `  b: { tcp: { address: "a\\eb:1" } }\n`,
  )
  const { code, stdout, stderr } = await run(`validate ${file}`, {
    parts: { manifest: openManifest({ ...fakes, kinds }) },
  })
  assert.equal(code, 1)
  assert.match(stderr, /monitors\.b\.tcp\.address/)
  assert.doesNotMatch((stdout + stderr).replaceAll('\n', ''), /[\p{Cc}\u202a-\u202e]/u)
})

test('validate takes the file of the settings when none is named, and needs one', async () => {
  const env = { ALLSWELL_CONFIG: `${golden}valid/minimal.yaml` }
  assert.match((await run('validate', { env })).stdout, /minimal\.yaml: ok/)
  assert.equal((await run('validate')).code, 2)
})

test('schema prints one JSON document', async () => {
  const { code, stdout } = await run('schema')
  assert.equal(code, 0)
  assert.equal((JSON.parse(stdout) as { title: string }).title, 'Allswell configuration')
})

test('the manual has a chapter for every command', async () => {
  const manual = readFileSync(new URL('../../docs/manual/command-line.md', import.meta.url), 'utf8')
  const { stdout } = await run('--help')
  const names = [...stdout.matchAll(/^ {2}(\w+) {2}/gm)].map((match) => match[1])
  assert.ok(names.length >= 5)
  for (const name of names) assert.match(manual, new RegExp(`^## allswell ${name}\\b`, 'm'))
})
