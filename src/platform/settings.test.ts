// Tests of settings: where they come from, what is refused and how, and that secrets stay hidden.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { maskUrl, readSettings, type Settings, settingHelp, showSettings, UsageError } from './settings.ts'

const settings = (argv: string[], env: Record<string, string> = {}): Settings => {
  const read = readSettings(argv, env)
  if (read instanceof UsageError) throw read
  return read
}
const faults = (argv: string[], env: Record<string, string> = {}): readonly string[] => {
  const read = readSettings(argv, env)
  return read instanceof UsageError ? read.faults : []
}

test('without flags and variables every setting has its default', () => {
  const { sources, flags, operands, ...values } = settings([])
  assert.deepEqual(values, {
    config: null,
    data: './data',
    listen: { host: '::', port: 8080 },
    beats: { host: '::', port: 8127 },
    lovebeat: null,
    scripts: null,
    mailIn: null,
    database: null,
    adminToken: null,
    secretKey: null,
    secretKeyFile: null,
    logLevel: 'info',
    server: 'http://localhost:8080',
    token: null,
  })
  assert.deepEqual(new Set(Object.values(sources)), new Set(['default']))
  assert.deepEqual([flags, operands], [{}, []])
})

test('a flag wins over a variable, a variable over the default, and each knows its source', () => {
  const read = settings(['--data', '/a', '--listen=127.0.0.1:0'], { ALLSWELL_DATA: '/b', ALLSWELL_LOG_LEVEL: 'debug' })
  assert.equal(read.data, '/a')
  assert.deepEqual(read.listen, { host: '127.0.0.1', port: 0 })
  assert.equal(read.logLevel, 'debug')
  assert.deepEqual([read.sources.data, read.sources.logLevel, read.sources.config], ['flag', 'environment', 'default'])
})

test('every variable is read, and an empty one counts as not set', () => {
  const read = settings([], {
    ALLSWELL_CONFIG: 'a.yaml',
    ALLSWELL_BEATS: 'off',
    ALLSWELL_DATABASE_URL: 'postgres://u:p@h/d',
    ALLSWELL_ADMIN_TOKEN: 'sixteen-letters-x',
    ALLSWELL_LISTEN: '',
  })
  assert.equal(read.config, 'a.yaml')
  assert.equal(read.beats, null)
  assert.equal(read.database, 'postgres://u:p@h/d')
  assert.equal(read.adminToken, 'sixteen-letters-x')
  assert.equal(read.sources.listen, 'default')
})

test('an address is a host and a port, or a port alone for all interfaces', () => {
  const listen = (text: string) => settings(['--listen', text]).listen
  for (const text of ['9000', ':9000', '*:9000', '[::]:9000', ' 9000 '])
    assert.deepEqual(listen(text), { host: '::', port: 9_000 }, text)
  assert.deepEqual(listen('[::1]:80'), { host: '::1', port: 80 })
  assert.deepEqual(listen('localhost:80'), { host: 'localhost', port: 80 })
  for (const text of ['', 'x', '65536', '::1:80', 'a b:80', 'http://a:80', '1.2.3.4', ':'])
    assert.equal(faults(['--listen', text]).length, 1, text)
})

test('everything that is wrong is told at once, with the nearest name', () => {
  assert.deepEqual(
    faults(
      ['--confg', 'x', '--listen', 'nowhere', '--data=', '--log-level', 'debgu', '-x', '--database', 'mysql://h'],
      {
        ALLSWELL_DTA: '/x',
        ALLSWELL_ADMIN_TOKEN: 'two words',
      },
    ),
    [
      'unknown flag --confg; did you mean --config?',
      'unknown flag -x',
      'unknown environment variable ALLSWELL_DTA; did you mean ALLSWELL_DATA?',
      '--data: must not be empty',
      '--listen: "nowhere" is not an address; write host:port, [::1]:port, :port or a port',
      '--database: is not a database URL; write postgres://user:password@host:5432/name, or leave it out for SQLite',
      'ALLSWELL_ADMIN_TOKEN: has characters that an HTTP header cannot carry; take letters and digits',
      '--log-level: "debgu" is not one of debug, info, warn, error; did you mean debug?',
    ],
  )
})

test('a flag without its value, or given twice, is refused', () => {
  assert.deepEqual(faults(['--config', '--data', '/x']), ['--config needs a value'])
  assert.deepEqual(faults(['--data']), ['--data needs a value'])
  assert.deepEqual(faults(['--data', 'a', '--data', 'b']), ['--data is given twice'])
})

test('the admin token cannot be given by a flag, where others on the machine could read it', () => {
  assert.match(faults(['--admin-token', 'sixteen-letters-x'])[0] ?? '', /^unknown flag --admin-token/)
})

test('a command’s own flags and words are kept apart from the settings', () => {
  const own = [
    { flag: 'json', help: '' },
    { flag: 'name', takes: 'NAME', help: '' },
  ]
  const read = readSettings(['create', '--json', '--name', 'x', '--data', '/d', '--', '--name'], {}, own)
  assert.ok(!(read instanceof UsageError))
  assert.deepEqual(read.flags, { json: true, name: 'x' })
  assert.deepEqual(read.operands, ['create', '--name'])
  const wrong = readSettings(['--json=yes'], {}, own)
  assert.deepEqual(wrong instanceof UsageError && wrong.faults, ['--json takes no value'])
})

test('secrets are masked wherever settings are shown', () => {
  const env = {
    ALLSWELL_DATABASE_URL: 'postgres://user:hunter22@db.example/x?sslpassword=hunter22',
    ALLSWELL_ADMIN_TOKEN: 'hunter22hunter22',
  }
  const shown = JSON.stringify(showSettings(settings([], env)))
  assert.doesNotMatch(shown, /hunter22/)
  assert.match(shown, /postgres:\/\/user:\*\*\*@db\.example\/x/)
  assert.equal(maskUrl('no url with hunter22'), '***')
})

test('a password that breaks its URL is masked as well, and a URL without one stays', () => {
  for (const password of [
    '1234/hunter22',
    'hunt@hunter22',
    '1?hunter22',
    '1#hunter22',
    '@hunter22',
    'a:hunter22',
    '/hunter22',
  ]) {
    assert.equal(maskUrl(`postgres://user:${password}@db.example/x`), 'postgres://user:***@db.example/x')
  }
  assert.doesNotMatch(maskUrl('postgres://us/er:hunter22@db.example/x'), /hunter22/)
  assert.equal(maskUrl('postgres://me@here:hunter22@db.example/x'), 'postgres://me@here:***@db.example/x')
  for (const text of ['postgres://user@db.example/x', 'postgres://db.example/x?a=b', 'sqlite:/data/me@home/a.db']) {
    assert.equal(maskUrl(text), text)
  }
  assert.match(faults(['--database', 'postgres:user:hunter22@db.example'])[0] ?? '', /is not a database URL/)
})

test('the server of a client is an address without a slash at its end', () => {
  assert.equal(settings(['--server', 'https://watch.example.com/']).server, 'https://watch.example.com')
  assert.match(faults(['--server', 'watch.example.com'])[0] ?? '', /^--server: is not the address of a server/)
  assert.match(faults([], { ALLSWELL_TOKEN: 'a\nb' })[0] ?? '', /^ALLSWELL_TOKEN: .* header/)
})

test('a wrong secret is not repeated in the message', () => {
  const wrong = faults(['--database', 'mysql://u:hunter22@h'], { ALLSWELL_ADMIN_TOKEN: 'hunter22' }).join('\n')
  assert.doesNotMatch(wrong, /hunter22/)
})

test('every setting is in the help, with its default as it would be written', () => {
  assert.deepEqual(
    settingHelp.map((one) => one.env),
    [
      'ALLSWELL_CONFIG',
      'ALLSWELL_DATA',
      'ALLSWELL_LISTEN',
      'ALLSWELL_BEATS',
      'ALLSWELL_MAIL_IN',
      'ALLSWELL_LOVEBEAT',
      'ALLSWELL_SCRIPTS',
      'ALLSWELL_DATABASE_URL',
      'ALLSWELL_ADMIN_TOKEN',
      'ALLSWELL_SECRET_KEY',
      'ALLSWELL_SECRET_KEY_FILE',
      'ALLSWELL_LOG_LEVEL',
      'ALLSWELL_SERVER',
      'ALLSWELL_TOKEN',
    ],
  )
  assert.equal(settingHelp.find((one) => one.flag === 'data')?.fallback, './data')
})

test('no arguments and no environment make it throw', () => {
  const words = fc.array(fc.oneof(fc.string(), fc.constantFrom('--data', '--listen=', '--', '-', '--=', '--__proto__')))
  const names = fc.oneof(fc.constantFrom('ALLSWELL_LISTEN', 'ALLSWELL_', 'ALLSWELL_BEATS', '__proto__'), fc.string())
  fc.assert(
    fc.property(words, fc.dictionary(names, fc.string()), (argv, env) => {
      const read = readSettings(argv, env)
      assert.ok(read instanceof UsageError ? read.faults.length > 0 : read.data !== '')
    }),
  )
})

test('pages and heartbeats by TCP cannot have one port of one address', () => {
  const both = (listen: string, beats: string) => faults(['--listen', listen, '--beats', beats])
  const told = ['--listen and --beats are both port 9000; give one of them another port']
  for (const [listen, beats] of [
    ['9000', '9000'],
    ['127.0.0.1:9000', '127.0.0.1:9000'],
    ['127.0.0.1:9000', ':9000'],
  ] as const)
    assert.deepEqual(both(listen, beats), told)
  assert.deepEqual(both('127.0.0.1:9000', '127.0.0.2:9000'), [])
  assert.deepEqual(both('0', '0'), [])
})
