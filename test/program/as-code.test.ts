// Configuration as code, with the real program as server and as tool: plan, apply, drift, rename, prune, export.
// Promises the exit codes that pipelines go by. Leaves nothing running.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { adminToken, type Home, openHome, type Program } from './program.ts'

describe('configuration as code', () => {
  let program: Program
  let home: Home
  const ends: (() => unknown)[] = []
  const file = (name: string) => join(home.folder, 'code', name)
  before(async () => {
    home = openHome({ after: (end) => ends.push(end as () => unknown) })
    mkdirSync(file(''))
    program = await home.start()
  })
  after(async () => {
    for (const end of ends.toReversed()) await end()
  })

  async function run(...words: string[]) {
    const env = { ALLSWELL_SERVER: program.url, ALLSWELL_TOKEN: adminToken, SECRET: 'hunter22' }
    const { code, stdout: out, stderr: err } = await home.run(words, env)
    return { code, out, err }
  }

  const stacks = (names: readonly string[]) =>
    `name,host\n${names.map((name) => `${name},${name}.example.test`).join('\n')}\n`
  const manifest = `version: 1
scope: customers
defaults: { monitors: { interval: 5m, paused: true } }
templates:
  stack:
    for_each: { csv: stacks.csv }
    monitors:
      "\${name}-live": { http: { url: "https://\${host}/live", headers: { X-Key: "\${env:SECRET}" } } }
      "\${name}-ready": { http: { url: "https://\${host}/ready" } }
    pages:
      "\${name}":
        title: "\${name}"
        groups: [{ components: [{ name: Service, monitors: ["\${name}-live", "\${name}-ready"] }] }]
`
  const many = Array.from({ length: 200 }, (_, n) => `stack-${n}`)

  test('two hundred stacks from a table are planned, applied, and then there is nothing to do', async () => {
    writeFileSync(file('allswell.yaml'), manifest)
    writeFileSync(file('stacks.csv'), stacks(many))
    const planned = await run('plan', file(''), '--out', file('plan.json'))
    assert.equal(planned.code, 2, planned.err)
    assert.match(planned.out, /\+ monitor stack-0-live\n    http\.headers\.X-Key: \*\*\*\n/)
    assert.match(planned.out, /\n600 to create, 0 unchanged\.\n$/)
    assert.doesNotMatch(planned.out + planned.err, /hunter22/)
    assert.equal(statSync(file('plan.json')).mode & 0o777, 0o600)
    const applied = await run('apply', '--plan', file('plan.json'), '--yes')
    assert.equal(applied.code, 0, applied.err)
    assert.match(applied.out, /Applied\.\n$/)
    const again = await run('plan', file(''))
    assert.deepEqual([again.code, again.out], [0, '600 unchanged.\n'])
    assert.equal((await run('apply', file(''), '--yes')).code, 0)
  })

  test('what was exported is what is there', async () => {
    const exported = await run('export', '--scope', 'customers')
    assert.equal(exported.code, 0, exported.err)
    assert.match(exported.out, /^version: 1\nscope: customers\nmonitors:\n/)
    assert.doesNotMatch(exported.out, /hunter22/)
    const whole = join(home.folder, 'whole.yaml')
    writeFileSync(whole, exported.out)
    const planned = await run('plan', whole)
    assert.deepEqual([planned.code, planned.out], [0, '600 unchanged.\n'])
  })

  test('drift is shown and held back, then changed back', async () => {
    const answer = await program.api('PATCH', '/monitors/stack-1-live', { interval: '1h' })
    assert.equal(answer.status, 200)
    const planned = await run('plan', file(''))
    assert.equal(planned.code, 1)
    assert.match(
      planned.out,
      /~ monitor stack-1-live \(changed by somebody since the last apply\)\n    interval: 1h → 5m/,
    )
    assert.equal((await run('apply', file(''), '--yes')).code, 1)
    assert.equal((await run('apply', file(''), '--yes', '--overwrite-drift')).code, 0)
    assert.equal((await run('plan', file(''))).code, 0)
  })

  test('one stack is renamed with its history, one is removed only by prune', async () => {
    const id = async (key: string) => {
      const answer = await program.api('GET', `/monitors/${key}`)
      return answer.status
    }
    const renamed = `${manifest}monitors:
  renamed-live: { http: { url: "https://stack-2.example.test/live" }, moved: { from: stack-2-live } }
`
    writeFileSync(file('allswell.yaml'), renamed)
    writeFileSync(file('stacks.csv'), stacks(many.filter((name) => !['stack-2', 'stack-3'].includes(name))))
    const planned = await run('plan', file(''), '--prune', '--markdown')
    assert.equal(planned.code, 2, planned.err)
    assert.match(planned.out, /\| change \| monitor `renamed-live` \(was stack-2-live\) \|/)
    assert.match(planned.out, /\| delete \| monitor `stack-3-live` \|/)
    const applied = await run('apply', file(''), '--prune', '--yes', '--json')
    assert.equal(applied.code, 0, applied.err)
    assert.deepEqual(await Promise.all(['renamed-live', 'stack-2-live', 'stack-3-live'].map(id)), [200, 404, 404])
    assert.equal((await run('plan', file(''), '--prune')).code, 0)
  })

  test('what the server finds wrong is told at its place in the file, and nobody being there is told too', async () => {
    const wrong = join(home.folder, 'a.yaml')
    writeFileSync(wrong, 'version: 1\nscope: other\nrules:\n  all: { monitors: "*", tell: [nobody] }\n')
    const planned = await run('plan', wrong)
    assert.equal(planned.code, 1)
    assert.match(planned.err, /a\.yaml:4:32: rules\.all\.tell\[0\]: there is no channel "nobody"/)
    const away = await run('plan', file(''), '--server', 'http://127.0.0.1:1')
    assert.equal(away.code, 1)
    assert.match(
      away.err,
      /^allswell: http:\/\/127\.0\.0\.1:1\/? cannot be reached: .*--server or ALLSWELL_SERVER\.\n$/,
    )
    const refused = await run('plan', file(''), '--token', 'wrong')
    assert.match(refused.err, /does not let you in\. The token is not valid there\./)
    assert.equal((await run('plan')).code, 1)
    assert.match((await run('apply', file(''), '--prune')).out + (await run('apply', wrong)).err, /nobody/)
  })

  test('without an answer from a terminal nothing is applied', async () => {
    writeFileSync(file('stacks.csv'), stacks(['stack-new']))
    const applied = await run('apply', file(''))
    assert.equal(applied.code, 1)
    assert.match(applied.err, /Nobody can be asked here; repeat with --yes\.\n$/)
    const kept = JSON.parse(readFileSync(file('plan.json'), 'utf8')) as { allswell: string }
    assert.equal(kept.allswell, 'plan')
    const old = await run('apply', '--plan', file('plan.json'), '--yes')
    assert.equal(old.code, 1)
    assert.match(old.err, /changed since this was planned/)
  })
})
