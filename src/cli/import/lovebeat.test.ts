// What becomes of lovebeat's own files, of both generations: lines as running servers have written them.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { type Import, importLovebeat } from './lovebeat.ts'
import { readConfig, readDatabase } from './lovebeat-files.ts'

const g3 = (name: string, timeout: number, more = '') =>
  `SERV\t{"name":"${name}","last_beat":1795206026078,"beat_history":[1147,1150],"timeout":${timeout},"state":"error",` +
  `"muted_since":0,"last_state_change":1795206029350${more}}`
const g1 = (name: string, warn: number, error: number) =>
  `SERV\t{"Name":"${name}","LastValue":-1,"LastBeat":1795205968,"PreviousBeats":[0,0],"LastUpdated":1795205968,` +
  `"WarningTimeout":${warn},"ErrorTimeout":${error},"State":"ok"}`

function imported(config: string, ...lines: string[]): Import {
  const database = readDatabase(gzipSync(`${lines.join('\n')}\n`))
  const read = readConfig([config])
  return importLovebeat({ ...read, ...database, views: [...read.views, ...database.views] })
}

const specs = ({ objects }: Import) =>
  Object.fromEntries(objects.map(({ type, key, spec }) => [`${type} ${key}`, spec]))

describe('what lovebeat watched', () => {
  it('has the timeouts of the newer generation, in milliseconds', () => {
    const found = imported(
      '',
      g3('a', 90_000),
      g3('b', -1),
      g3('c', -2),
      g3('d', 0),
      g3('e', -3),
      'ALARM\t{"name":"x"}',
    )
    assert.deepEqual(specs(found), {
      'monitor a': { heartbeat: { down_after: '1m30s' } },
      'monitor b': { heartbeat: { down_after: 'none' } },
      'monitor c': { heartbeat: { down_after: 'auto' } },
      'monitor d': { heartbeat: { down_after: '0s' } },
      'monitor e': { heartbeat: { down_after: 'none' } },
    })
    assert.deepEqual(
      found.notes.map(({ what }) => what),
      ['d'],
    )
  })

  it('has both thresholds of the older generation, in seconds', () => {
    const found = imported('', g1('a', 10, 1_800), g1('b', -2, -1), g1('c', 60, 30), g1('d', -1, -2))
    assert.deepEqual(specs(found), {
      'monitor a': { heartbeat: { degraded_after: '10s', down_after: '30m' } },
      'monitor b': { heartbeat: { degraded_after: 'auto', down_after: 'none' } },
      'monitor c': { heartbeat: { down_after: '30s' } },
      'monitor d': { heartbeat: { down_after: 'auto' } },
    })
    assert.match(found.notes[0]?.why ?? '', /never be seen/)
  })

  it('is reached by the names that its senders write, whatever these are', () => {
    const { objects } = imported('', g1('Backup/web 1', -1, 60))
    const [one] = objects
    assert.match(one?.key ?? '', /^Backup-web-1\.[0-9a-z]+$/)
    assert.equal(one?.spec.name, 'Backup/web 1')
  })

  it('is paused where it was muted', () => {
    const muted = g3('a', 60_000).replace('"muted_since":0', '"muted_since":1795206029350')
    assert.deepEqual(specs(imported('', muted)), { 'monitor a': { heartbeat: { down_after: '1m' }, paused: true } })
  })

  it('has alarms by pattern, one for each match where their name says so', () => {
    const config = `
[mail]
server = "mail.example:25"
from = "lb@example.com"
[[alarms]]
name = "backups"
pattern = "backup.*"
excludes = ["backup.test.*"]
alerts = ["ops", "missing"]
[[alarms]]
name = "host $host"
includes = ["web.$host.*", "db.$name.$host"]
alerts = ["ops"]
[alerts.ops]
mail = "a@example.com,b@example.com"
webhook = "https://hook.example/x"
script = "/bin/page"
`
    const found = imported(config, g3('backups', -1))
    const email = { to: ['a@example.com', 'b@example.com'], smtp: 'smtp://mail.example:25', from: 'lb@example.com' }
    assert.deepEqual(specs(found), {
      'monitor backups': { heartbeat: { down_after: 'none' } },
      'channel ops-mail': { email: { ...email, format: 'lovebeat' } },
      'channel ops-webhook': { webhook: { url: 'https://hook.example/x', format: 'lovebeat' } },
      'monitor backups-view': {
        name: 'backups',
        view: { match: '^(?:backup\\..*)$', except: '^(?:backup\\.test\\..*)$' },
      },
      'rule backups-view': {
        monitors: 'backups-view',
        tell: ['ops-mail', 'ops-webhook'],
        on: ['down', 'degraded', 'up'],
      },
      'monitor host-host': {
        view: { match: '^(?:web\\.([^.]+)\\..*|db\\.([^.]+)\\.([^.]+))$', each: 'host $1$3' },
        labels: { lovebeat: 'host-host' },
      },
      'rule host-host': {
        monitors: { labels: { lovebeat: 'host-host' } },
        tell: ['ops-mail', 'ops-webhook'],
        on: ['down', 'degraded', 'up'],
      },
    })
    const notes = found.notes.map(({ what, why }) => `${what}: ${why}`).join('\n')
    for (const wanted of [/missing: there is no alert/, /scripts are not run/, /backups: a service has the same name/])
      assert.match(notes, wanted)
  })

  it('has views of the older generation with what was kept beside them', () => {
    const view = {
      Name: 'mine',
      State: 'ok',
      Regexp: '^test\\.',
      AlertMail: 'x@example.com',
      Webhooks: '',
      IncidentNbr: 2,
    }
    const all = { Name: 'all', State: 'ok', Regexp: '', AlertMail: '', Webhooks: '' }
    const found = imported('', `VIEW\t${JSON.stringify(view)}`, `VIEW\t${JSON.stringify(all)}`)
    const { 'channel mine-mail': _, ...rest } = specs(found)
    assert.deepEqual(rest, {
      'monitor mine': { view: { match: '^test\\.' } },
      'rule mine': { monitors: 'mine', tell: ['mine-mail'], on: ['down', 'degraded', 'up'] },
      'monitor all': { view: { monitors: '*' } },
    })
  })

  it('says of everything else why it stays behind, and counts what it cannot read', () => {
    const config =
      '[udp]\nlisten = ":8127"\n[metrics]\nserver = "x:8125"\n[[notify]]\nlovebeat = "http://o"\n[odd]\na = 1\n'
    const { notes } = imported(config, 'garbage', 'SERV\t{', 'SERV\t{"name":""}')
    assert.deepEqual(
      notes.map(({ what }) => what),
      ['udp.listen', 'metrics.server', 'notify', 'odd.a', '3 lines of the database'],
    )
  })

  it('takes lists of a later file in the place of those before, as lovebeat does', () => {
    const texts = [
      '[[alarms]]\nname = "a"\npattern = "x"\n[alerts.p]\nmail = "a@b.c"',
      '[[alarms]]\nname = "b"\npattern = "y"',
    ]
    const { views, alerts } = readConfig(texts)
    assert.deepEqual([views.map(({ name }) => name), alerts.length], [['b'], 1])
  })
})
