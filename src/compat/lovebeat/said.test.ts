// What a POST to a service says, by form, query, JSON, in the words of both generations.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { saidBy } from './said.ts'

const form = 'application/x-www-form-urlencoded'
const say = async (body: string, { type = form, query = '' } = {}) => {
  const said = await saidBy(type, query, Buffer.from(body))
  if ('wrong' in said) return 'wrong'
  const changes = said.changes.map(({ threshold, to }) => `${threshold}=${to}`)
  return [said.beat ? 'beat' : '-', ...changes].join(' ')
}
const json = (body: string, query = '') => say(body, { type: 'application/json', query })

test('a form is a beat; numbers are seconds, -1 none, -2 and auto learnt, 0 as each generation meant it', async () => {
  assert.equal(await say(''), 'beat')
  assert.equal(await say('a log of something & more'), 'beat')
  assert.equal(await say('err-tmo=1800'), 'beat down=1800000')
  assert.equal(await say('warn-tmo=10&err-tmo=auto'), 'beat degraded=10000 down=auto')
  assert.equal(await say('err-tmo=-1'), 'beat down=null')
  assert.equal(await say('err-tmo=0&warn-tmo=rubbish'), 'beat', 'the older one left these as they were')
  assert.equal(await say('timeout=60'), 'beat down=60000')
  assert.equal(await say('timeout=-2'), 'beat down=auto')
  assert.equal(await say('timeout=-1'), 'beat down=null')
  assert.equal(await say('timeout=0'), 'beat down=0')
  assert.equal(await say('timeout='), 'beat')
  for (const wrong of ['abc', '1.5', '1e3', '0x10']) assert.equal(await say(`timeout=${wrong}`), 'wrong', wrong)
})

test('the query says the same, and the body before it', async () => {
  assert.equal(await say('', { query: 'timeout=auto' }), 'beat down=auto')
  assert.equal(await say('timeout=5', { query: 'timeout=7' }), 'beat down=5000')
  assert.equal(await say('timeout=5&timeout=6'), 'beat down=5000', 'the first of two counts')
  assert.equal(await json('{"timeout": 5}', 'timeout=7'), 'beat down=5000')
  assert.equal(await json('{}', 'timeout=7'), 'beat down=7000')
})

test('JSON may set a timeout without a beat, with a charset or without', async () => {
  assert.equal(await json('{"timeout": 60, "beat": false}'), '- down=60000')
  assert.equal(await say('{"timeout": -2}', { type: 'Application/JSON; charset=utf-8' }), 'beat down=auto')
  assert.equal(await json('{"timeout": "auto"}'), 'beat down=auto')
  assert.equal(await json('{"timeout": 0}'), 'beat down=0')
  assert.equal(await json('{"timeout": -77}'), 'beat down=null')
  assert.equal(await json('{"other": 1}'), 'beat')
  assert.equal(await json(''), 'beat')
  assert.equal(await json('null'), 'beat')
})

test('JSON that cannot be understood is wrong, and is no beat', async () => {
  for (const body of ['{', '[]', '"60"', '7', '{"timeout": 1.5}', '{"timeout": "60"}', '{"beat": 1}', '\ufffe{}', '[{'])
    assert.equal(await json(body), 'wrong', body)
  assert.equal(await json('{"__proto__": {"beat": false}}'), 'beat')
})

test('a form in parts is read as well, and one that is none is wrong', async () => {
  const type = 'multipart/form-data; boundary=x'
  const body = '--x\r\nContent-Disposition: form-data; name="err-tmo"\r\n\r\n1800\r\n--x--\r\n'
  assert.equal(await say(body, { type }), 'beat down=1800000')
  assert.equal(await say('rubbish', { type }), 'wrong')
  assert.equal(await say('rubbish', { type: 'multipart/form-data' }), 'wrong')
})

test('whatever comes, it is a beat, a change, or wrong', async () =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom(form, 'application/json', 'multipart/form-data; boundary=x', '', 'text/plain'),
      fc.string(),
      fc.uint8Array({ maxLength: 200 }),
      async (type, query, body) => {
        const said = await saidBy(type, query, body)
        assert.ok('wrong' in said || said.changes.length <= 3)
      },
    ),
  ))
