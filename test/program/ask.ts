// One HTTP request on a connection of its own, as a test means it: any header, any body, no retries behind its back.
// Promises an answer or an error within its bound.
import { request } from 'node:http'

export interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** Sent as JSON; undefined: nothing. */
  readonly json?: unknown
  /** Sent as Bearer. */
  readonly token?: string
  /** The address it is sent from, one of loopback's. */
  readonly from?: string
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** The body read as JSON; throws where it is none. */
  json(): unknown
}

const answerMs = 15_000

export function ask(url: string, asked: Asked = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, json, token, from } = asked
  const body = json === undefined ? asked.body : JSON.stringify(json)
  return new Promise((resolve, reject) => {
    const call = request(url, {
      method,
      agent: false,
      ...(from ? { localAddress: from } : {}),
      headers: {
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
    })
    call.setTimeout(answerMs, () => call.destroy(new Error(`no answer from ${url} within ${answerMs} ms`)))
    call.on('error', reject)
    call.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers as Record<string, string>,
          text,
          json: () => JSON.parse(text) as unknown,
        })
      })
    })
    call.end(body)
  })
}
