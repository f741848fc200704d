// Starting: what the command line and the environment say, what is refused and in which words, and what doctor tells.
// Each refusal must name what is wrong and how to mend it, and end with its own exit code.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { freePort, tcpFace } from './faces.ts'
import { monitorsOf } from './client.ts'
import { openHome, start } from './program.ts'

describe('the command line', { concurrency: 3 }, () => {
  test('unknown flags and variables are all refused at once, each with a suggestion', async (t) => {
    const { code, stdout, stderr } = await openHome(t).run(['serve', '--confg', 'x.yaml', '--beat', '1'], {
      ALLSWELL_LISTN: '127.0.0.1:0',
      ALLSWELL_CONFIGG: 'y.yaml',
    })
    assert.equal(code, 2)
    assert.equal(stdout, '')
    assert.match(stderr, /unknown flag --confg; did you mean --config\?/)
    assert.match(stderr, /unknown flag --beat; did you mean --beats\?/)
    assert.match(stderr, /unknown environment variable ALLSWELL_LISTN; did you mean ALLSWELL_LISTEN\?/)
    assert.match(stderr, /unknown environment variable ALLSWELL_CONFIGG; did you mean ALLSWELL_CONFIG\?/)
    assert.match(stderr, /allswell serve --help/)
  })

  test('an unknown command is refused with a suggestion', async (t) => {
    const { code, stderr } = await openHome(t).run(['sreve'])
    assert.equal(code, 2)
    assert.match(stderr, /unknown command sreve; did you mean serve\?/)
  })

  test('values that cannot be understood are refused without showing a secret', async (t) => {
    const { code, stderr } = await openHome(t).run(['serve', '--listen', 'here:99999'], {
      ALLSWELL_ADMIN_TOKEN: 'hunter2 hunter2',
      ALLSWELL_DATABASE_URL: 'mysql://me:hunter3@host/db',
    })
    assert.equal(code, 2)
    assert.match(stderr, /--listen: "here:99999" is not an address; write host:port/)
    assert.match(stderr, /ALLSWELL_ADMIN_TOKEN: has characters that an HTTP header cannot carry/)
    assert.match(stderr, /ALLSWELL_DATABASE_URL: is not a database URL/)
    assert.doesNotMatch(stderr, /hunter/)
  })

  test('--help lists the commands, and a command’s help every flag with its variable', async (t) => {
    const home = openHome(t)
    const [general, serve] = await Promise.all([home.run(['--help']), home.run(['serve', '--help'])])
    assert.equal(general.code, 0)
    for (const command of ['serve', 'validate', 'schema', 'token', 'doctor']) {
      assert.match(general.stdout, new RegExp(`^ {2}${command} `, 'm'))
    }
    assert.equal(serve.code, 0)
    const settings = ['config CONFIG', 'data DATA', 'listen LISTEN', 'beats BEATS', 'database DATABASE_URL']
    for (const setting of settings) {
      const [flag, env] = setting.split(' ')
      assert.match(serve.stdout, new RegExp(`--${flag} .*ALLSWELL_${env} `))
    }
    assert.match(serve.stdout, /ALLSWELL_ADMIN_TOKEN/)
  })

  test('--version prints the version', async (t) => {
    const { code, stdout } = await openHome(t).run(['--version'])
    assert.equal(code, 0)
    assert.match(stdout, /^allswell \d+\.\d+\.\d+\n$/)
  })

  test('every flag may as well be an environment variable', async (t) => {
    const home = openHome(t)
    home.write('version: 1\nmonitors: { a: { heartbeat: { every: 1d } } }\n')
    const env = { ALLSWELL_CONFIG: home.file, ALLSWELL_DATA: join(home.folder, 'elsewhere') }
    const listening = { ALLSWELL_LISTEN: '127.0.0.1:0', ALLSWELL_BEATS: 'off' }
    const program = await home.start({ args: [], env: { ...env, ...listening }, only: true })
    assert.equal(program.beats, 0)
    assert.equal((await program.api('GET', '/monitors/a')).status, 200)
    assert.ok(existsSync(join(home.folder, 'elsewhere', 'allswell.db')))
    assert.equal(existsSync(home.data), false)
  })
})

describe('a place that is taken', { concurrency: 3 }, () => {
  const refused = async (t: TestContext, args: readonly string[], says: RegExp) => {
    const home = openHome(t)
    const { code, stdout, stderr } = await home.run(['serve', '--data', home.data, ...args])
    assert.equal(code, 1, stderr)
    assert.equal(stdout, '')
    assert.match(stderr, says)
    assert.doesNotMatch(stderr, / at .*\.ts:\d+/, 'no stack is shown')
  }

  test('a taken HTTP port is a clear error', async (t) => {
    const { port } = await tcpFace(t, () => undefined)
    const args = ['--listen', `127.0.0.1:${port}`, '--beats', '127.0.0.1:0']
    await refused(t, args, new RegExp(`allswell: Port ${port} on 127.0.0.1 is taken.*--listen HOST:PORT`))
  })

  test('a taken TCP port for heartbeats is a clear error', async (t) => {
    const { port } = await tcpFace(t, () => undefined)
    const args = ['--listen', '127.0.0.1:0', '--beats', `127.0.0.1:${port}`]
    await refused(t, args, new RegExp(`heartbeats on 127.0.0.1:${port} \\(TCP\\): another program.*--beats HOST:PORT`))
  })

  test('a taken UDP port for heartbeats is a clear error', async (t) => {
    // A port that was TCP's a moment ago: nobody else is likely to have that.
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const socket = createSocket('udp4').bind(port, '127.0.0.1')
    t.after(() => void socket.close())
    await once(socket, 'listening')
    server.close()
    await once(server, 'close')
    const args = ['--listen', '127.0.0.1:0', '--beats', `127.0.0.1:${port}`]
    await refused(t, args, new RegExp(`heartbeats on 127.0.0.1:${port} \\(UDP\\): another program.*--beats HOST:PORT`))
  })

  test('a start that fails for a taken port has taken nothing over from its file', async (t) => {
    const home = openHome(t, 'version: 1\nmonitors: { old: { heartbeat: { every: 1d } } }\n')
    const first = await home.start()
    assert.equal(await first.stop(), 0)
    home.write('version: 1\nmonitors: { new: { heartbeat: { every: 1d } } }\n')
    const { port } = await tcpFace(t, () => undefined)
    for (const taken of ['--listen', '--beats']) {
      const free = taken === '--listen' ? '--beats' : '--listen'
      const args = [taken, `127.0.0.1:${port}`, free, '127.0.0.1:0', '--config', home.file]
      const { code } = await home.run(['serve', '--data', home.data, ...args])
      assert.equal(code, 1)
    }
    rmSync(home.file)
    const plain = await home.start()
    const keys = (await monitorsOf(plain)).map(({ key }) => key)
    assert.deepEqual(keys, ['old'])
  })

  test('a second process on the same data folder is refused, and the first goes on', async (t) => {
    const home = openHome(t)
    const first = await home.start()
    const second = await home.run(['serve', '--data', home.data, '--listen', '127.0.0.1:0', '--beats', 'off'])
    assert.equal(second.code, 1)
    assert.match(second.stderr, /Another Allswell already serves from .*data\. Stop it first.*--data DIR/)
    assert.equal((await first.ask('/healthz')).status, 200)
    await first.kill()
    const third = await home.start()
    assert.equal((await third.ask('/readyz')).status, 200, 'a killed process leaves no lock')
  })

  test('a data folder that cannot be is a clear error', async (t) => {
    const home = openHome(t)
    home.write('version: 1\n')
    const { code, stderr } = await home.run(['serve', '--data', join(home.file, 'data')])
    assert.equal(code, 1)
    assert.match(stderr, /The data folder .*allswell\.yaml\/data cannot be made/)
    const deep = join(home.folder, 'a/b/c')
    assert.equal((await home.run(['token', 'create', '--name', 'x', '--scope', 'read', '--data', deep])).code, 0)
    if (!existsSync('/proc/self')) return
    const never = await home.run(['serve', '--data', '/proc/none/at/all', '--beats', 'off'])
    assert.equal(never.code, 1)
    assert.match(never.stderr, /The data folder \/proc\/none cannot be made/)
  })

  test('a token for a folder without a database is made with a warning, and none is listed there', async (t) => {
    const home = openHome(t)
    const wrong = join(home.folder, 'wrong')
    const listed = await home.run(['token', 'list', '--data', wrong])
    assert.equal(listed.code, 1)
    assert.match(listed.stderr, /There is no database of Allswell in \S+wrong; name the one of the server by --data/)
    assert.equal(existsSync(wrong), false)
    const made = await home.run(['token', 'create', '--name', 'x', '--scope', 'read', '--data', wrong])
    assert.equal(made.code, 0)
    assert.match(made.stderr, /There was no database yet, and a new one was made in \S+wrong/)
    assert.match((await home.run(['token', 'list', '--data', wrong])).stdout, / x /)
  })

  test('a database file that is none is a clear error and stays as it is', async (t) => {
    const home = openHome(t)
    const file = join(home.data, 'allswell.db')
    mkdirSync(home.data)
    writeFileSync(file, 'my holiday photographs\n'.repeat(1_000))
    const { code, stderr } = await home.run(['serve', '--data', home.data, '--beats', 'off'])
    assert.equal(code, 1)
    assert.match(stderr, /The database sqlite:\S+allswell\.db cannot be used: the file is not a SQLite database/)
    assert.match(readFileSync(file, 'utf8'), /^my holiday photographs\n/)
  })

  test('a file of the secret key that is not there is a clear error in whole sentences', async (t) => {
    const home = openHome(t)
    const args = ['--beats', 'off', '--listen', '127.0.0.1:0', '--secret-key-file', join(home.folder, 'no.key')]
    const { code, stderr } = await home.run(['serve', '--data', home.data, ...args])
    assert.equal(code, 1)
    assert.match(stderr, /The file of the secret key, \S+no\.key, cannot be used: .*[^.]\.\n$/)
  })

  test('a database that cannot be reached is a clear error without its password', async (t) => {
    const port = await freePort()
    const url = `postgres://me:hunter2@127.0.0.1:${port}/none`
    const { code, stderr } = await openHome(t).run(['serve', '--database', url, '--beats', 'off'])
    assert.equal(code, 1)
    assert.match(stderr, new RegExp(`the database cannot be reached .*127\\.0\\.0\\.1:${port}`))
    assert.doesNotMatch(stderr, /hunter2/)
  })
})

test('where a package is missing it says so in one sentence, with what to do', (t) => {
  const root = openHome(t).folder
  mkdirSync(join(root, 'src'))
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }')
  copyFileSync(join(import.meta.dirname, '../../src/main.ts'), join(root, 'src/main.ts'))
  writeFileSync(join(root, 'src/program.ts'), "import 'a-package-of-tomorrow'\n")
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'src/main.ts'), 'serve'], { encoding: 'utf8' })
  assert.equal(status, 1)
  const mend = `run "npm ci" in ${root}/ and start again.`
  assert.equal(stderr, `allswell: the package a-package-of-tomorrow is not installed; ${mend}\n`)
})

describe('a configuration file at the start', { concurrency: 3 }, () => {
  test('every fault of a broken file is told at once with its place, and nothing starts', async (t) => {
    const home = openHome(t)
    home.write(broken)
    const { code, stdout, stderr } = await home.run(['serve', '--config', home.file, '--data', home.data])
    assert.equal(code, 1)
    assert.equal(stdout, '')
    for (const [place, says] of faults) assert.match(stderr, new RegExp(`allswell\\.yaml:${place}: .*${says}`))
    assert.equal(existsSync(home.data), false, 'nothing was made')
  })

  test('a file that is no YAML is refused with the place', async (t) => {
    const home = openHome(t)
    home.write('version: 1\nmonitors:\n  web: { http: { url: "http://x/" }\n  db: [\n')
    const { code, stderr } = await home.run(['serve', '--config', home.file, '--data', home.data])
    assert.equal(code, 1)
    assert.match(stderr, /allswell\.yaml:\d+:\d+: /)
  })

  test('a file that is not there is refused', async (t) => {
    const home = openHome(t)
    const { code, stderr } = await home.run(['serve', '--config', 'nowhere.yaml', '--data', home.data])
    assert.equal(code, 1)
    assert.match(stderr, /nowhere\.yaml.*(no such file|does not exist)/i)
  })

  test('the example of the manual is taken as it stands', async (t) => {
    const program = await start(t, { config: example })
    const monitors = await monitorsOf(program)
    assert.deepEqual(
      monitors.map(({ key, kind }) => [key, kind]),
      [
        ['db', 'tcp'],
        ['nightly-backup', 'heartbeat'],
        ['web', 'http'],
      ],
    )
    const page = await program.ask('/')
    assert.equal(page.status, 200)
    for (const words of ['Example status', 'Shop', 'Web shop', 'Everything of acme'])
      assert.ok(page.text.includes(words))
    assert.equal((await program.api('GET', '/channels/ops')).status, 200)
    assert.equal((await program.api('GET', '/rules/everything')).status, 200)
    assert.equal(await program.stop(), 0)
  })
})

describe('doctor', () => {
  test('the effective settings are shown with their sources and secrets masked', async (t) => {
    const home = openHome(t)
    const port = await freePort()
    const { code, stdout, stderr } = await home.run(['doctor', '--data', home.data, '--beats', 'off'], {
      ALLSWELL_ADMIN_TOKEN: 'hunter2hunter2hunter2',
      ALLSWELL_DATABASE_URL: `postgres://me:hunter2@127.0.0.1:${port}/none`,
    })
    assert.equal(code, 1, 'a database that does not answer is something to mend')
    assert.doesNotMatch(stdout + stderr, /hunter2/)
    assert.match(stdout, /data +\S+data +\(flag\)/)
    assert.match(stdout, new RegExp(`database +postgres://me:\\*\\*\\*@127.0.0.1:${port}/none +\\(environment\\)`))
    assert.match(stdout, /ALLSWELL_ADMIN_TOKEN +\*\*\* +\(environment\)/)
    assert.match(stdout, /fail +database/)
    assert.match(stdout, /→ Check host, port, user and password of --database/)
    assert.equal(existsSync(home.data), false, 'doctor changes nothing')
  })

  test('a server that runs is recognised, and what lies in its folder is only read', async (t) => {
    const home = openHome(t, 'version: 1\nmonitors: { job: { heartbeat: { every: 1d } } }\n')
    const program = await home.start()
    assert.match(program.stdout(), new RegExp(`^ {2}process +${program.pid}$`, 'm'))
    const { host } = new URL(program.url)
    const where = ['--data', home.data, '--listen', host, '--beats', 'off']
    const well = await home.run(['doctor', ...where])
    assert.match(well.stdout, /is taken, as Allswell [\d.]+ runs/)
    assert.match(well.stdout, /ok +database +SQLite in the data folder: well/)
    assert.match(well.stdout, /warn +left behind +1 monitor of \S+allswell\.yaml, which is not the file here: job/)
    assert.equal(await program.stop(), 0)

    const file = join(home.data, 'allswell.db')
    const bytes = readFileSync(file)
    writeFileSync(file, Buffer.concat([bytes.subarray(0, 8_192), Buffer.alloc(bytes.length - 8_192, 7)]))
    const files = readdirSync(home.data)
    const ill = await home.run(['doctor', ...where])
    assert.equal(ill.code, 1)
    assert.match(ill.stdout, /fail +database/)
    assert.deepEqual(readdirSync(home.data), files, 'doctor changes nothing')
  })
})

/** A file with a fault of each sort. */
const broken = `version: 1
monitrs: {}
monitors:
  web: { http: { url: "http://x/", expct: {} }, interval: 1s }
  db: { tcp: { address: "127.0.0.1:5432" }, interval: soon }
  odd: { tcp: { address: 7 }, paused: maybe }
rules:
  all: { monitors: "*", tell: [nobody] }
`

/** Line and column, and what is said there. */
const faults = [
  ['2:1', 'monitrs.*did you mean "monitors"'],
  ['4:36', 'expct.*did you mean "expect"'],
  ['5:55', 'not a duration.*such as 30s'],
  ['6:26', 'expected host:port'],
  ['6:39', 'expected true or false'],
  ['8:32', 'the channel "nobody" is not known'],
] as const

const example = `version: 1
smtp: { url: "smtp://127.0.0.1:2525", from: "Allswell <allswell@example.test>" }
monitors:
  web:
    name: Web shop
    http: { url: "http://127.0.0.1:9001/health", expect: { status: 200, body: { contains: OK } } }
    interval: 1s
    timeout: 500ms
    fail_after: 2
    recover_after: 1
    retry_every: 500ms
    labels: { customer: acme }
  db:   { tcp: { address: "127.0.0.1:5432" }, interval: 5s }
  nightly-backup: { heartbeat: { every: 1d, grace: 2h } }
channels:
  hook: { webhook: { url: "http://127.0.0.1:9002/hook" } }
  ops:  { email: { to: [ops@example.test] } }
rules:
  everything: { monitors: "*", tell: [hook, ops], on: [down, up] }
pages:
  main:
    title: Example status
    groups:
      - name: Shop
        components:
          - { name: Web shop, monitors: web }
          - { name: Everything of acme, monitors: { labels: { customer: acme } } }
`
