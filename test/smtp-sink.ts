// A mail server for tests and examples that keeps what it gets and misbehaves as told.
// Promises real SMTP over real sockets, with STARTTLS, TLS and AUTH. Must not know who sends.
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { Received } from './received.ts'
import { type ReadMail, readMail } from './mime.ts'
import { selfSigned } from './tls.ts'

export interface SinkMail extends ReadMail {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
  /** Whether it came over TLS. */
  readonly secure: boolean
  /** Who logged in; null: nobody. */
  readonly user: string | null
}

export type Stage = 'connect' | 'mail' | 'rcpt' | 'data'
/** `hang` never answers, `reset` cuts the connection. */
export type Manner = 'ok' | 'hang' | 'reset' | { readonly code: number; readonly text: string }

export interface SmtpSinkOptions {
  /** 0, the default, picks one. */
  readonly port?: number
  readonly host?: string
  /** `none` offers no TLS, `starttls` offers it (self-signed), `implicit` begins with it. */
  readonly tls?: 'none' | 'starttls' | 'implicit'
  /** Who may send; without it everybody. */
  readonly auth?: { readonly user: string; readonly pass: string }
  /** How each stage is answered; `value` is the address where there is one. */
  readonly answer?: (stage: Stage, value: string) => Manner
}

export interface SmtpSink {
  readonly port: number
  readonly messages: readonly SinkMail[]
  /** Connections open now. */
  connections(): number
  waitFor(fits: (mail: SinkMail) => boolean, ms?: number): Promise<SinkMail>
  /** Each stage that was reached, in order. */
  readonly stages: Received<Stage>
  stop(): Promise<void>
}

type Done = (error?: Error | null) => void

export async function startSmtpSink(options: SmtpSinkOptions = {}): Promise<SmtpSink> {
  const { port = 0, host = '127.0.0.1', tls = 'none', auth, answer = () => 'ok' } = options
  const received = new Received<SinkMail>()
  const stages = new Received<Stage>()
  const sockets = new Set<Socket>()
  const behave = (stage: Stage, value: string, done: Done) => {
    stages.add(stage)
    const manner = answer(stage, value)
    if (manner === 'ok') done()
    else if (manner === 'reset') for (const socket of sockets) socket.resetAndDestroy()
    else if (manner !== 'hang') done(Object.assign(new Error(manner.text), { responseCode: manner.code }))
  }
  const server = new SMTPServer({
    ...(tls === 'none' ? {} : selfSigned),
    secure: tls === 'implicit',
    disabledCommands: [...(tls === 'none' ? ['STARTTLS'] : []), ...(auth ? [] : ['AUTH'])],
    allowInsecureAuth: tls === 'none',
    disableReverseLookup: true,
    closeTimeout: 100,
    ...faces(behave, (mail) => received.add(mail), auth),
  })
  server.on('error', () => {})
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  const listener = server.listen(port, host)
  await once(listener, 'listening')
  const address = listener.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    messages: received.items,
    connections: () => sockets.size,
    waitFor: (fits, ms) => received.waitFor(fits, ms),
    stages,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function faces(
  behave: (stage: Stage, value: string, done: Done) => void,
  keep: (mail: SinkMail) => void,
  auth: SmtpSinkOptions['auth'],
): SMTPServerOptions {
  return {
    onConnect: (_session, done) => behave('connect', '', done),
    onMailFrom: ({ address }, _session, done) => behave('mail', address, done),
    onRcptTo: ({ address }, _session, done) => behave('rcpt', address, done),
    onAuth({ username, password }, _session, done) {
      if (auth && username === auth.user && password === auth.pass) done(null, { user: username })
      else done(Object.assign(new Error('5.7.8 authentication failed'), { responseCode: 535 }))
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () =>
        behave('data', '', (error) => {
          const raw = Buffer.concat(chunks).toString('latin1')
          const { envelope, secure, user } = session
          const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
          const to = envelope.rcptTo.map(({ address }) => address)
          if (!error) keep({ ...readMail(raw), from, to, raw, secure, user: user ?? null })
          done(error)
        }),
      )
    },
  }
}
