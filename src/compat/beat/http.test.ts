// Heartbeats by HTTP over real sockets: OK only after the commit, and a sentence for everything else.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { type BeatHouse, openBeatHouse } from '#test/beat-house.ts'
import { closed, until } from '#test/until.ts'
import { VirtualClock } from '#test/virtual-clock.ts'

const beat = (house: BeatHouse, path: string, init: RequestInit = {}) => fetch(`${house.web}/beat/${path}`, init)

/** A request in our own bytes; what is answered until the connection ends, or until it has been answered. */
async function raw(house: BeatHouse, ...pieces: string[]): Promise<string> {
  const socket = connect(house.webPort, '127.0.0.1')
  let answer = ''
  socket.on('data', (bytes) => {
    answer += bytes.toString('latin1')
  })
  for (const piece of pieces) socket.write(piece, 'latin1')
  await closed(socket)
  return answer
}

describe('heartbeats by HTTP', () => {
  it('are taken by GET, POST, PUT and HEAD, and make their monitor', async (test) => {
    const house = await openBeatHouse(test)
    for (const method of ['GET', 'POST', 'PUT', 'HEAD']) {
      const answer = await beat(house, 'nightly', { method })
      assert.equal(answer.status, 200)
      assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/)
      assert.equal(await answer.text(), method === 'HEAD' ? '' : 'OK\n')
    }
    assert.equal(house.accepted('http'), 4)
    assert.equal(house.port.monitors.size, 1)
    const { id } = house.port.find('nightly') ?? { id: 0 }
    assert.ok(house.port.committed.every((one) => one.monitor === id && one.signal === 'beat' && one.outcome === 'up'))
  })

  it('say that a run began or failed', async (test) => {
    const house = await openBeatHouse(test)
    await beat(house, 'a/start', { method: 'POST' })
    await beat(house, 'a/fail', { method: 'POST' })
    assert.deepEqual(
      house.port.committed.map(({ signal, outcome, reason }) => [signal, outcome, reason]),
      [
        ['start', 'unknown', null],
        ['fail', 'down', 'failed'],
      ],
    )
    assert.ok(house.port.committed[1]?.sentence)
  })

  it('say with which exit status a job ended, and to which run they belong', async (test) => {
    const house = await openBeatHouse(test)
    const said = async (path: string, body = '') => {
      await beat(house, path, { method: 'POST', body })
      return house.port.committed.at(-1)
    }
    assert.deepEqual((await said('a/0?rid=r1'))?.outcome, 'up')
    const failed = await said('a/3?rid=r1', 'no space left')
    assert.deepEqual([failed?.outcome, failed?.signal, failed?.run], ['down', 'fail', 'r1'])
    assert.deepEqual(failed?.facts, { exit_status: 3, run: 'r1' })
    assert.equal(
      failed?.sentence,
      'It ended with exit status 3; what it sent ends with “no space left” (see /api/v2/monitors/a/log).',
    )
    assert.equal((await said('a/fail'))?.sentence, 'It reported a failure itself.')
    assert.deepEqual(
      house.port.logs.map(({ run, exit }) => [run, exit]),
      [['r1', 3]],
    )
  })

  it('may be words alone, which are kept and move nothing', async (test) => {
    const house = await openBeatHouse(test)
    assert.equal((await beat(house, 'a/log', { method: 'POST', body: 'half done' })).status, 200)
    assert.deepEqual([house.port.committed.length, house.port.logs.length, house.accepted('http')], [0, 1, 1])
    assert.equal(house.port.logs[0]?.signal, 'log')
  })

  it('come to a secret id from any network, and then not to the key', async (test) => {
    const house = await openBeatHouse(test)
    const id = '3f1c9a52-7d1e-4c47-9b1a-0c7d2f7f3e55'
    house.port.guard('vault', id)
    const afar = { headers: { 'x-forwarded-for': '203.0.113.9' } }
    assert.equal((await beat(house, id, afar)).status, 200)
    assert.equal((await beat(house, `${id.toUpperCase()}/start`, afar)).status, 200)
    const failed = await beat(house, `${id}/7`, { ...afar, method: 'POST', body: 'oh' })
    assert.equal(failed.status, 200)
    assert.doesNotMatch(house.port.committed.at(-1)?.sentence ?? '', /3f1c9a52/, 'the id is told to nobody')
    assert.match(house.port.committed.at(-1)?.sentence ?? '', /monitors\/vault\/log/)
    const byKey = await beat(house, 'vault')
    assert.deepEqual([byKey.status, house.rejected('http', 'guarded')], [403, 1])
    assert.match(await byKey.text(), /takes beats to its id, not to its key/)
    assert.equal((await beat(house, 'vault', { headers: { authorization: 'Bearer report' } })).status, 200)
    assert.equal((await beat(house, 'vault', afar)).status, 403)
    const other = await beat(house, '00000000-7d1e-4c47-9b1a-0c7d2f7f3e55', afar)
    assert.equal(other.status, 404)
    assert.equal(await other.text(), 'No monitor has this id. Has it been changed or deleted?\n')
    assert.equal(house.port.monitors.size, 1, 'an id is never made a key')
    await house.datagrams(3, `${id}.beat:1|c\nvault.beat:1|c\n00000000-7d1e-4c47-9b1a-0c7d2f7f3e55.beat:1|c`)
    const { accepted, rejected } = house
    assert.deepEqual([accepted('udp'), rejected('udp', 'guarded'), rejected('udp', 'unknown')], [1, 1, 1])
  })

  it('make a monitor where they ask for it, and none where they ask for none', async (test) => {
    const house = await openBeatHouse(test)
    const afar = { 'x-forwarded-for': '203.0.113.9' }
    const token = { headers: { ...afar, authorization: 'Bearer report' } }
    assert.equal((await beat(house, 'a?create=0')).status, 404)
    assert.match(await (await beat(house, 'a', token)).text(), /Ask for one to be made with \?create=1/)
    assert.equal((await beat(house, 'a?create=1', { headers: afar })).status, 403)
    assert.equal(house.port.monitors.size, 0)
    assert.equal((await beat(house, 'a?create=1', token)).status, 200)
    house.port.creates = false
    assert.equal((await beat(house, 'b?create=1', token)).status, 404)
    assert.equal(house.port.monitors.size, 1)
  })

  it('are answered only after the commit', async (test) => {
    const house = await openBeatHouse(test)
    let commit = () => {}
    house.port.beforeCommit = () =>
      new Promise((resolve) => {
        commit = resolve
      })
    let answered = false
    const answer = beat(house, 'a').then((response) => {
      answered = true
      return response.text()
    })
    await until('the beat waits for its commit', () => house.port.monitors.size === 1)
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    assert.equal(answered, false)
    assert.equal(house.accepted('http'), 0)
    commit()
    assert.equal(await answer, 'OK\n')
    assert.equal(house.accepted('http'), 1)
  })

  it('keep their body as a log', async (test) => {
    const house = await openBeatHouse(test)
    const answer = await beat(house, 'a/fail', { method: 'POST', body: 'tar: disk full\n' })
    assert.equal(await answer.text(), 'OK\n')
    const [log] = house.port.logs
    assert.equal(Buffer.from(log?.body ?? []).toString(), 'tar: disk full\n')
    assert.equal(log?.signal, 'fail')
    assert.equal(log?.at, house.port.committed[0]?.at)
  })

  it('tell in the sentence of a failure how the log ends and where it is', async (test) => {
    const house = await openBeatHouse(test)
    const sentenceOf = async (body: string | Buffer) => {
      await beat(house, 'backup/fail', { method: 'POST', body })
      return house.port.committed.at(-1)?.sentence
    }
    assert.equal(
      await sentenceOf('tar: Removing leading /\r\ntar: \u001b[31mdisk full\u001b[0m\n\n'),
      'It reported a failure itself; what it sent ends with “tar:  [31mdisk full [0m” ' +
        '(see /api/v2/monitors/backup/log).',
    )
    assert.equal(await sentenceOf(' \n\n'), 'It reported a failure itself.')
    assert.ok(((await sentenceOf(Buffer.alloc(50_000, 'ä'))) ?? '').length < 350)
    assert.match((await sentenceOf(`first\n${'x'.repeat(200_000)}`)) ?? '', /begins with “first”/)
  })

  it('keep the first 100 kB of a large body, say so, and leave the connection usable', async (test) => {
    const house = await openBeatHouse(test)
    const body = Buffer.alloc(1 << 20, 'x')
    for (let round = 1; round <= 2; round += 1) {
      const answer = await beat(house, 'a', { method: 'POST', body })
      assert.equal(answer.status, 200)
      assert.equal(await answer.text(), 'OK\nOnly the first 100000 bytes of the body were kept.\n')
      assert.equal(house.port.logs[round - 1]?.body.length, 100_000)
      assert.equal(house.port.logs[round - 1]?.size, 1 << 20)
    }
  })

  it('stop reading an endless body, and are taken all the same', async (test) => {
    const house = await openBeatHouse(test, { limits: { body: { read: 200_000 } } })
    const socket = connect(house.webPort, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('POST /beat/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
    const more = () => {
      while (socket.writable && socket.write(chunk));
    }
    socket.on('drain', more)
    more()
    socket.resume()
    await closed(socket)
    assert.equal(house.accepted('http'), 1)
    assert.equal(house.port.logs[0]?.body.length, 100_000)
  })

  it('keep no more of all bodies together than there is room for', async (test) => {
    const house = await openBeatHouse(test, { limits: { body: { together: 150 } } })
    let commit = () => {}
    const held = new Promise<void>((resolve) => {
      commit = resolve
    })
    house.port.beforeCommit = () => held
    const first = beat(house, 'a', { method: 'POST', body: 'x'.repeat(100) })
    await until('the first body is held', () => house.port.logs.length === 1)
    const second = beat(house, 'b', { method: 'POST', body: 'y'.repeat(100) })
    await until('the second body is held', () => house.port.logs.length === 2)
    commit()
    assert.equal(await (await first).text(), 'OK\n')
    assert.equal(await (await second).text(), 'OK\nOnly the first 50 bytes of the body were kept.\n')
    const third = await beat(house, 'c', { method: 'POST', body: 'z'.repeat(100) })
    assert.equal(await third.text(), 'OK\n')
  })

  it('are not taken when the body stalls or the sender goes away', async (test) => {
    const clock = new VirtualClock()
    const house = await openBeatHouse(test, { clock })
    const head = 'POST /beat/a HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf'
    const stalled = raw(house, head)
    await until('the body is waited for', () => clock.pending() === 1)
    await clock.advance(31_000)
    assert.match(await stalled, /^HTTP\/1\.1 408 /)
    const gone = connect(house.webPort, '127.0.0.1')
    gone.write(head)
    await until('the body is waited for', () => clock.pending() === 1)
    gone.destroy()
    await until('it is given up', () => clock.pending() === 0 && house.rejected('http', 'incomplete') === 2)
    assert.equal(house.port.committed.length, 0)
    assert.equal(house.port.monitors.size, 0, 'nothing is made for half a request')
    assert.equal(house.accepted('http'), 0)
  })

  it('may come slowly', async (test) => {
    const house = await openBeatHouse(test)
    const socket = connect(house.webPort, '127.0.0.1')
    for (const byte of 'POST /beat/a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nslowl') {
      await new Promise((resolve) => {
        socket.write(byte, resolve)
      })
    }
    const [answer] = (await once(socket, 'data')) as [Buffer]
    socket.destroy()
    assert.match(answer.toString(), /^HTTP\/1\.1 200 /)
    assert.equal(Buffer.from(house.port.logs[0]?.body ?? []).toString(), 'slowl')
  })

  it('leave other paths to others', async (test) => {
    const house = await openBeatHouse(test)
    const answer = await fetch(`${house.web}/beats/a`)
    assert.equal(await answer.text(), 'somebody else')
  })

  it('are answered 503 and not counted when they cannot be stored, and taken again afterwards', async (test) => {
    const house = await openBeatHouse(test)
    house.port.put('a')
    for (const trouble of ['full', 'away'] as const) {
      house.port[trouble] = true
      const answer = await beat(house, 'a', { method: 'POST', body: 'log' })
      assert.equal(answer.status, 503)
      assert.ok(Number(answer.headers.get('retry-after')) > 0)
      assert.match(await answer.text(), /could not be stored/)
      house.port[trouble] = false
    }
    house.port.away = true
    assert.equal((await beat(house, 'new')).status, 503)
    house.port.away = false
    assert.equal(house.accepted('http'), 0)
    assert.equal(house.rejected('http', 'unavailable'), 3)
    assert.equal((await beat(house, 'a')).status, 200)
  })
})

describe('a heartbeat by HTTP is refused', () => {
  it('for a key that is none, with the rule', async (test) => {
    const house = await openBeatHouse(test)
    for (const path of ['', '%2e%2e%2fetc', '%3Cscript%3E', '%ff', 'x'.repeat(129)]) {
      const answer = await beat(house, path)
      assert.equal(answer.status, 400, path)
      assert.match(await answer.text(), /A key begins with a letter or digit/)
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
    }
    assert.equal(house.rejected('http', 'name'), 5)
    assert.match(await raw(house, 'GET /beat/../a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'), / 400 /)
    assert.match(await raw(house, 'GET /beat/\xe5 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'), / 400 /)
  })

  it('for a method or signal that is not known', async (test) => {
    const house = await openBeatHouse(test)
    const answer = await beat(house, 'a', { method: 'DELETE' })
    assert.equal(answer.status, 405)
    assert.equal(answer.headers.get('allow'), 'GET, POST, PUT, HEAD')
    assert.equal((await beat(house, 'a/boom')).status, 404)
    assert.equal(house.rejected('http', 'verb'), 2)
    assert.equal(house.port.monitors.size, 0)
  })

  it('for a monitor that we check ourselves', async (test) => {
    const house = await openBeatHouse(test)
    house.port.put('web', false)
    const answer = await beat(house, 'web')
    assert.equal(answer.status, 409)
    assert.match(await answer.text(), /"web" is checked by Allswell itself/)
    assert.equal(house.rejected('http', 'not_heartbeat'), 1)
  })

  it('at the limit of new ones, with what to do', async (test) => {
    const house = await openBeatHouse(test)
    house.port.limit = 2
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => beat(house, `new-${index}`)))
    assert.equal(answers.filter(({ status }) => status === 200).length, 2)
    const refused = answers.find(({ status }) => status === 403)
    assert.match((await refused?.text()) ?? '', /heartbeats\.limit/)
    assert.equal(house.port.monitors.size, 2)
    assert.equal(house.rejected('http', 'limit'), 18)
  })

  it('for an unknown key where heartbeats are not made by their first beat', async (test) => {
    const house = await openBeatHouse(test)
    house.port.creates = false
    const answer = await beat(house, 'a')
    assert.equal(answer.status, 404)
    assert.match(await answer.text(), /No monitor has the key "a".*heartbeats\.create/)
  })

  it('from other networks and unknown proxies, unless a token allows it; and such make no monitors', async (test) => {
    const house = await openBeatHouse(test)
    house.port.put('a')
    const forwarded = { 'x-forwarded-for': '127.0.0.1' }
    const answer = await beat(house, 'a', { headers: forwarded })
    assert.equal(answer.status, 403)
    assert.match(await answer.text(), /scope "report".*networks\.trusted_proxies/)
    const wrong = await beat(house, 'a', { headers: { ...forwarded, authorization: 'Bearer guess' } })
    assert.equal(wrong.status, 403)
    const token = { ...forwarded, authorization: 'Bearer report' }
    assert.equal((await beat(house, 'a', { headers: token })).status, 200)
    const unknown = await beat(house, 'b', { headers: token })
    assert.equal(unknown.status, 404)
    assert.match(await unknown.text(), /No monitor has the key "b"/)
    assert.equal(house.port.monitors.size, 1)
    assert.equal(house.rejected('http', 'network'), 2)
  })

  it('from a page of another site that a browser of the network shows', async (test) => {
    const house = await openBeatHouse(test)
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'http://attacker.example' },
      { origin: 'null' },
    ]) {
      const lines = Object.entries({ host: 'allswell', connection: 'close', ...headers }).map((one) => one.join(': '))
      assert.match(await raw(house, `GET /beat/a/fail HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`), /^HTTP\/1.1 403 /)
    }
    assert.equal(house.port.monitors.size, 0)
    const own = 'host: allswell\r\nconnection: close\r\norigin: http://allswell\r\nsec-fetch-site: same-origin'
    assert.match(await raw(house, `GET /beat/a HTTP/1.1\r\n${own}\r\n\r\n`), /^HTTP\/1.1 200 /)
  })

  it('with its body unread, and the connection goes on', async (test) => {
    const house = await openBeatHouse(test)
    const body = 'x'.repeat(50_000)
    const answer = await raw(
      house,
      `POST /beat/.bad HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      'GET /beat/good HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    )
    assert.match(answer, /^HTTP\/1\.1 400 [^]+HTTP\/1\.1 200 OK/)
    assert.equal(house.port.logs.length, 0)
  })
})
