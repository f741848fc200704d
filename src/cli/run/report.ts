// What is told to the server of a run: that it began, and how it ended. The command never waits for the first.
// Promises that no server, whatever it does, holds anything up for longer than the patience, and never to throw.
import { request as requestByTls } from 'node:https'
import { request } from 'node:http'
import type { Clock } from '#platform/clock.ts'

export interface ReporterParts {
  readonly server: string
  readonly token: string | null
  readonly key: string
  /** Names this run among others of the same job. */
  readonly run: string
  /** For the end, all attempts together, ms; half of it for the beginning. */
  readonly patienceMs: number
  readonly clock: Clock
}

/** Null: it was taken. Else why not, in words. */
export type Told = string | null

/** Waits between attempts, ms; the last one again and again. */
const pauses = [200, 500, 1_000]
const answerMost = 2_000

export class Reporter {
  readonly #parts: ReporterParts
  readonly #giveUp = new AbortController()
  #began: Promise<Told> = Promise.resolve('nothing was said of its beginning')

  constructor(parts: ReporterParts) {
    this.#parts = parts
  }

  /** Says that the run begins; nobody waits for it. */
  begin(): void {
    const { patienceMs } = this.#parts
    this.#began = this.#send('/start', Buffer.alloc(0), {}, patienceMs / 2, this.#giveUp.signal)
  }

  /** Says how it ended, after the beginning was said or is given up. */
  async end(status: number, ms: number, output: Buffer): Promise<Told> {
    const { clock, patienceMs } = this.#parts
    const from = clock.monotonic()
    // Both in order, or the run would seem to begin after its end.
    const late = clock.after(patienceMs / 4, () => this.#giveUp.abort())
    await this.#began
    late.cancel()
    const left = () => patienceMs - (clock.monotonic() - from)
    const query = { took: String(Math.round(ms)) }
    for (let tries = 0; ; tries += 1) {
      const told = await this.#send(`/${status}`, output, query, left(), null)
      const pause = pauses[Math.min(tries, pauses.length - 1)] ?? 0
      if (told === null || !mayHelp(told) || left() <= pause) return told
      await new Promise<void>((resolve) => {
        clock.after(pause, resolve)
      })
    }
  }

  #send(
    path: string,
    body: Buffer,
    query: Readonly<Record<string, string>>,
    ms: number,
    signal: AbortSignal | null,
  ): Promise<Told> {
    const { server, key, run, token, clock } = this.#parts
    const url = new URL(`${server}/beat/${encodeURIComponent(key)}${path}`)
    url.search = new URLSearchParams({ rid: run, ...query }).toString()
    return new Promise((resolve) => {
      const done = (told: Told) => {
        timer.cancel()
        signal?.removeEventListener('abort', stop)
        resolve(told)
        asked.destroy()
      }
      const headers = {
        'content-length': body.length,
        'content-type': 'application/octet-stream',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      }
      const ask = url.protocol === 'https:' ? requestByTls : request
      const asked = ask(url, { method: 'POST', headers, agent: false })
      const stop = () => done('it ended before the server answered')
      const timer = clock.after(Math.max(1, ms), () => done(`no answer within ${Math.round(ms)} ms`))
      signal?.addEventListener('abort', stop, { once: true })
      asked.once('error', (error) => done(error.message || String(error)))
      asked.once('response', (answer) => {
        const parts: Buffer[] = []
        let size = 0
        const code = answer.statusCode ?? 0
        const said = () => (code < 300 ? null : `${code}: ${Buffer.concat(parts).toString().trim().slice(0, 500)}`)
        answer.on('data', (part: Buffer) => {
          size += part.length
          if (size <= answerMost) parts.push(part)
          else done(said())
        })
        answer.once('end', () => done(said()))
        answer.once('error', (error) => done(error.message))
      })
      asked.end(body)
    })
  }
}

/** Whether another attempt may: not where the server has understood and refused. */
const mayHelp = (told: string) => !/^4\d\d: /.test(told) || told.startsWith('408') || told.startsWith('429')
