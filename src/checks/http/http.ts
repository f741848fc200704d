// The kind `http`: asks a URL as a browser would and judges the answer.
// Promises one finding within the timeout, whatever the server does. Must not know who asked.
import { type ActiveKind, defineCheck } from '../check.ts'
import { createSecure, type Secure } from '../tls.ts'
import { httpConfig, type HttpConfig } from './config.ts'
import { probe } from './run.ts'
import { showUrl } from './show.ts'
import { OnlyHttp2Servers } from './version.ts'

/** The kind with its own way to secure connections; tests bring their own authorities. */
export function httpKind(secure: Secure): ActiveKind {
  const onlyHttp2 = new OnlyHttp2Servers()
  return defineCheck<HttpConfig>({
    kind: 'http',
    title: 'HTTP',
    summary: 'Asks a URL and judges status, headers, body and how long it took.',
    config: httpConfig,
    target: 'url',
    example: { url: 'https://shop.example.com/health', expect: { status: 200, body: { contains: 'OK' } } },
    secrets: ['headers.*', 'body', 'auth.*', 'client.key', 'steps.*.headers.*', 'steps.*.body', 'steps.*.auth.*'],
    describe,
    probe: (config, context) => probe(config, context, { secure, onlyHttp2 }),
  })
}

function describe({ method, url, steps }: HttpConfig): string {
  if (steps) return `${showUrl(url)} (${steps.length === 1 ? '1 step' : `${steps.length} steps`})`
  return method === 'GET' ? showUrl(url) : `${method} ${showUrl(url)}`
}

export const http = httpKind(createSecure())
