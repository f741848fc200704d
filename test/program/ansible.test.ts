// Real playbooks against the real program: the collection, the file for tasks that were written for StatusCake.
// Promises that `changed` and check mode tell the truth, as the server sees it.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Ansible, openAnsible } from '#test/ansible.ts'
import { monitorsOf } from './client.ts'
import { adminToken, openHome, type Program } from './program.ts'

describe('Ansible', () => {
  const ends: (() => unknown)[] = []
  let program: Program
  let ansible: Ansible
  before(async () => {
    const home = openHome({ after: (end) => ends.push(end as () => unknown) })
    program = await home.start()
    ansible = await openAnsible()
    ends.push(() => ansible.close())
  })
  after(async () => {
    for (const end of ends.toReversed()) await end()
  })
  const env = () => ({ ALLSWELL_SERVER: program.url, ALLSWELL_TOKEN: adminToken })
  const play = async (tasks: string, ...words: string[]) => {
    const played = await ansible.play(tasks, env(), ...words)
    assert.equal(played.recap['failed'], 0, played.stdout)
    return played
  }
  const changed = async (tasks: string, ...words: string[]) => (await play(tasks, ...words)).recap['changed']
  const keys = async () => (await monitorsOf(program)).map(({ key }) => key)

  test('the task of a playbook for StatusCake makes the test once, and nothing in check mode', async () => {
    const task = (state: string) => `- name: Create StatusCake test
  local_action:
    module:        status_cake_test
    username:      "my-user"
    api_key:       "${adminToken}"
    name:          "My service check"
    url:           "https://myservice.example.com"
    state:         "${state}"
    test_type:     "HTTP"
    check_rate:    60  # every minute
`
    assert.equal(await changed(task('present'), '--check'), 1)
    assert.deepEqual(await keys(), [])
    assert.equal(await changed(task('present')), 1)
    assert.deepEqual(await keys(), ['my-service-check'])
    assert.equal(await changed(task('present')), 0)
    const slower = task('present').replace('60  #', '120  #')
    assert.match((await play(slower, '--check', '--diff')).stdout, /-interval: 60s\n.*\+interval: 120s/s)
    assert.equal(await changed(slower), 1)
    assert.equal(await changed(task('absent')), 1)
    assert.equal(await changed(task('absent')), 0)
    assert.deepEqual(await keys(), [])
  })

  test('each object is made, shown as a diff, changed, and removed', async () => {
    const tasks = (interval: string, state: string) => `- allswell.monitoring.channel:
    key: hook
    settings: { webhook: { url: "https://hook.example.test", secret: hunter22 } }
    state: ${state === 'absent' ? 'present' : state}
- allswell.monitoring.monitor:
    key: web
    kind: http
    config: { url: "https://web.example.test", headers: { X-Key: hunter22 } }
    interval: ${interval}
    labels: { customer: 12 }
    state: ${state}
- allswell.monitoring.heartbeat: { key: backup, every: 1d, grace: 2h, state: ${state} }
- allswell.monitoring.rule: { key: all, settings: { monitors: "*", tell: [hook] }, state: ${state} }
- allswell.monitoring.page:
    key: main
    settings: { title: Ours, groups: [{ components: [{ name: Web, monitors: "*" }] }] }
    state: ${state}
`
    assert.equal(await changed(tasks('30s', 'present')), 5)
    assert.equal(await changed(tasks('30s', 'present')), 0)
    const shown = await play(tasks('1m', 'present'), '--check', '--diff')
    assert.equal(shown.recap['changed'], 1)
    assert.match(shown.stdout, /-    interval: 30s/)
    assert.match(shown.stdout, /\+    interval: 1m/)
    assert.doesNotMatch(shown.stdout, /hunter22/)
    assert.equal(await changed(tasks('1m', 'absent')), 4)
    assert.equal(await changed(tasks('1m', 'absent')), 0)
  })

  test('two hundred stacks are one task and one request; one more is one change', async () => {
    const task = (count: number) => `- allswell.monitoring.apply:
    scope: customers
    prune: true
    allow_mass_delete: 1000
    document:
      monitors: >-
        {%- set found = {} -%}
        {%- for n in range(${count}) -%}
        {%- set _ = found.update({
          "s" ~ n ~ "-live": {"http": {"url": "https://s" ~ n ~ ".example.test/live"}, "paused": True},
          "s" ~ n ~ "-ready": {"http": {"url": "https://s" ~ n ~ ".example.test/ready"}, "paused": True}}) -%}
        {%- endfor -%}
        {{ found }}
  register: done
- debug: { var: done.counts }
`
    const first = await play(task(200))
    assert.match(first.stdout, /"created": 400/)
    const again = await play(task(200))
    assert.deepEqual([again.recap['changed'], /"unchanged": 400/.test(again.stdout)], [0, true])
    assert.match((await play(task(199))).stdout, /"deleted": 2/)
  })

  test('what is wrong fails with the words of the server and the place', async () => {
    const wrong = '- allswell.monitoring.monitor: { key: web, kind: http, config: { urll: x } }'
    const played = await ansible.play(wrong, env())
    assert.equal(played.recap['failed'], 1)
    assert.match(played.stdout, /monitors\.web\.http.*did you mean/)
    const away = await ansible.play(wrong, { ...env(), ALLSWELL_SERVER: 'http://127.0.0.1:1' })
    assert.match(away.stdout, /127\.0\.0\.1:1\/api\/v2\/plan cannot be reached/)
    const stranger = await ansible.play(wrong, { ...env(), ALLSWELL_TOKEN: 'nobody' })
    assert.match(stranger.stdout, /does not let you in/)
  })

  test('ansible-doc shows every module', async () => {
    const modules = join(import.meta.dirname, '../../deploy/ansible/allswell/monitoring/plugins/modules')
    const names = readdirSync(modules).map((name) => `allswell.monitoring.${name.replace('.py', '')}`)
    const { code, stdout } = await ansible.run('ansible-doc', names)
    assert.equal(code, 0, stdout)
    for (const name of names) assert.ok(stdout.includes(`> ${name.toUpperCase()}`), name)
  })
})
