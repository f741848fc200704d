// Heartbeats by mail over real sockets: sent by a real mailer, by hand, and by those who mean no good.
import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { createTransport } from 'nodemailer'
import type { BeatsParts } from '../index.ts'
import { type BeatHouse, openBeatHouse } from '#test/beat-house.ts'
import { closed, until } from '#test/until.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import type { MailLimits } from './door.ts'

interface Office {
  readonly house: BeatHouse
  readonly port: number
  send(to: string, subject: string, text?: string): Promise<string>
  /** Commands one after the other, each after the reply to the one before; gives the replies. */
  talk(...lines: string[]): Promise<string[]>
}

async function openOffice(
  test: TestContext,
  limits: Partial<MailLimits> = {},
  parts: Partial<BeatsParts> = {},
): Promise<Office> {
  const house = await openBeatHouse(test, { ...parts, limits: { mail: limits } })
  const { port } = await house.beats.listenMail('127.0.0.1', 0)
  const transport = createTransport({ host: '127.0.0.1', port, secure: false, ignoreTLS: true })
  test.after(() => transport.close())
  return {
    house,
    port,
    send: async (to, subject, text = '') => {
      const { response } = (await transport.sendMail({ from: 'cron@host.example', to, subject, text })) as {
        response: string
      }
      return response
    },
    async talk(...lines) {
      const { socket, replies } = visit(test, port)
      for (const [index, line] of lines.entries()) {
        await until('a reply has come', () => replies.length > index || socket.closed)
        socket.write(`${line}\r\n`)
      }
      await until('the last reply has come', () => replies.length > lines.length || socket.closed)
      return replies
    },
  }
}

function visit(test: TestContext, port: number): { socket: Socket; replies: string[] } {
  const socket = connect(port, '127.0.0.1')
  const replies: string[] = []
  let rest = ''
  socket.on('error', () => {})
  socket.setEncoding('latin1').on('data', (text: string) => {
    rest += text
    for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
      const line = rest.slice(0, end)
      rest = rest.slice(end + 2)
      if (!/^\d{3}-/.test(line)) replies.push(line)
    }
  })
  test.after(() => socket.destroy())
  return { socket, replies }
}

const said = ({ house }: Office) => house.port.committed.map(({ signal, outcome }) => [signal, outcome])

describe('heartbeats by mail', () => {
  it('come to a key, make its monitor, and keep what was written', async (test) => {
    const office = await openOffice(test)
    const text = 'All 3 disks are fine.\n.a line that begins with a dot\n'
    assert.match(await office.send('nightly@anything.example', 'Backup überall done', text), /^250 /)
    assert.deepEqual(said(office), [['beat', 'up']])
    assert.equal(office.house.accepted('mail'), 1)
    const [log] = office.house.port.logs
    assert.equal(Buffer.from(log?.body ?? []).toString(), `Backup überall done\n\n${text}`)
  })

  it('say by their address that a run began, failed, or with which status it ended', async (test) => {
    const office = await openOffice(test)
    for (const verb of ['start', 'fail', '3', '0', 'log']) await office.send(`nightly+${verb}@x.example`, 'x')
    assert.deepEqual(said(office), [
      ['start', 'unknown'],
      ['fail', 'down'],
      ['fail', 'down'],
      ['beat', 'up'],
    ])
    assert.equal(office.house.port.logs.length, 5)
    await assert.rejects(office.send('nightly+nonsense@x.example', 'x'), /550 5\.1\.1 After \+ may stand/)
  })

  it('are judged by words where some are set, and do not count without them', async (test) => {
    const office = await openOffice(test)
    const { id } = office.house.port.put('nightly')
    office.house.port.rules.set(id, { start: [], success: ['done'], fail: ['error'], in: 'subject' })
    await office.send('nightly@x.example', 'Backup done')
    await office.send('nightly@x.example', 'Backup: ERROR 5')
    assert.match(await office.send('nightly@x.example', 'Newsletter'), /^250 .*none of the words/)
    assert.deepEqual(said(office), [
      ['beat', 'up'],
      ['fail', 'down'],
    ])
    assert.equal(office.house.rejected('mail', 'words'), 1)
  })

  it('are refused for keys that are none, and for checks; nothing is passed on', async (test) => {
    const office = await openOffice(test)
    office.house.port.put('web', false)
    const replies = await office.talk(
      'EHLO x',
      'MAIL FROM:<a@b.c>',
      'RCPT TO:<web@x>',
      'RCPT TO:<a/b@x>',
      'RCPT TO:<@relay,b:c@d>',
      'RCPT TO:<b%c@d>',
      'DATA',
    )
    assert.deepEqual(
      replies.slice(3).map((line) => line.slice(0, 3)),
      ['550', '550', '550', '550', '503'],
    )
  })

  it('are taken from other networks by secret ids alone, and tell nobody which keys there are', async (test) => {
    const office = await openOffice(test, {}, { settings: { networks: [] } })
    const id = '6f1c7a52-8f0e-4a57-9f43-5a0c8b1d2e3f'
    office.house.port.put('known')
    office.house.port.guard('secret', id)
    for (const key of ['known', 'unknown', 'secret'])
      await assert.rejects(office.send(`${key}@x.example`, 'x'), /550 5\.7\.1 There is nobody of this name/)
    assert.match(await office.send(`${id}@x.example`, 'x'), /^250 /)
    assert.equal(said(office).length, 1)
  })

  it('are answered with success only when they are stored', async (test) => {
    const office = await openOffice(test)
    office.house.port.put('nightly')
    office.house.port.away = true
    await assert.rejects(office.send('nightly@x.example', 'x'), /451 4\.3\.0/)
    assert.equal(office.house.rejected('mail', 'unavailable'), 1)
  })
})

describe('who sends mail by hand', () => {
  it('is told what is out of order', async (test) => {
    const office = await openOffice(test)
    const replies = await office.talk('MAIL FROM:<a@b>', 'DATA', 'EHLO x', 'RCPT TO:<a@b>', 'STARTTLS', 'NOOP', 'QUIT')
    assert.deepEqual(
      replies.map((line) => line.slice(0, 3)),
      ['220', '503', '503', '250', '503', '500', '250', '221'],
    )
  })

  it('may send everything at once, and in single bytes', async (test) => {
    const whole = 'EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@x>\r\nDATA\r\nSubject: 1\r\n\r\ntext\r\n..dot\r\n.\r\nQUIT\r\n'
    for (const pieces of [[whole], Array.from(whole)]) {
      const office = await openOffice(test)
      const { socket, replies } = visit(test, office.port)
      for (const piece of pieces) socket.write(piece)
      await closed(socket)
      assert.deepEqual(
        replies.map((line) => line.slice(0, 3)),
        ['220', '250', '250', '250', '354', '250', '221'],
      )
      assert.equal(Buffer.from(office.house.port.logs[0]?.body ?? []).toString(), '1\n\ntext\n.dot\n')
    }
  })

  it('cannot hide a second mail behind bare line feeds', async (test) => {
    const office = await openOffice(test)
    const { socket } = visit(test, office.port)
    const hidden = 'text\n.\nMAIL FROM:<a@b>\r\nRCPT TO:<hidden@x>\r\nDATA\r\nx'
    socket.write(`EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<seen@x>\r\nDATA\r\n${hidden}\r\n.\r\nQUIT\r\n`)
    await closed(socket)
    assert.deepEqual(
      [...office.house.port.monitors.values()].map(({ key }) => key),
      ['seen'],
    )
  })

  it('is sent away after too many mistakes, too long a line, or rubbish without end', async (test) => {
    const office = await openOffice(test, { mistakes: 3 })
    const many = await office.talk(...Array.from({ length: 5 }, () => 'what'))
    assert.match(many.at(-1) ?? '', /^421 /)
    for (const rubbish of ['x'.repeat(10_000), `${'x'.repeat(10_000)}\r\n`, '\0'.repeat(100_000)]) {
      const { socket, replies } = visit(test, office.port)
      socket.write(rubbish)
      await closed(socket)
      assert.match(replies.at(-1) ?? '', /^(500|421) /)
    }
  })

  it('is told that a mail is too large, and may send a smaller one', async (test) => {
    const office = await openOffice(test, { mail: 1_000 })
    const begin = 'RCPT TO:<a@x>\r\nDATA\r\n'
    const { socket, replies } = visit(test, office.port)
    socket.write(`EHLO x\r\nMAIL FROM:<a@b> SIZE=5000\r\nMAIL FROM:<a@b>\r\n${begin}`)
    for (let index = 0; index < 50; index += 1) socket.write('y'.repeat(100))
    socket.write(`\r\n.\r\nMAIL FROM:<a@b>\r\n${begin}small\r\n.\r\nQUIT\r\n`)
    await closed(socket)
    assert.deepEqual(
      replies.map((line) => line.slice(0, 3)),
      ['220', '250', '552', '250', '250', '354', '552', '250', '250', '354', '250', '221'],
    )
    assert.equal(office.house.accepted('mail'), 1)
  })

  it('finds a bound on connections, of one address and in all', async (test) => {
    const office = await openOffice(test, { each: 2 })
    const first = [visit(test, office.port), visit(test, office.port)]
    await until('both are greeted', () => first.every(({ replies }) => replies.length === 1))
    const third = visit(test, office.port)
    await closed(third.socket)
    assert.match(third.replies[0] ?? '', /^421 /)
    first[0]?.socket.destroy()
    await until('another one is let in', () => {
      const next = visit(test, office.port)
      test.after(() => next.socket.destroy())
      return office.house.metrics().includes('refused_total{reason="limit"}')
    })
  })

  it('is left when nothing comes, and after so long in all', async (test) => {
    const clock = new VirtualClock(Date.UTC(2026, 0, 1))
    const office = await openOffice(test, {}, { clock })
    const { socket, replies } = visit(test, office.port)
    await until('it is greeted', () => replies.length === 1)
    await clock.advance(61_000)
    await closed(socket)
    assert.equal(office.house.accepted('mail'), 0)
  })
})
