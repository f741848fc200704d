// The settings of an HTTP check. Form, validation, manual and manifest schema follow from here.
// Promises that what makes no sense together is refused with the reason. Must not know how a check is done.
import { z } from 'zod'
import { clash, ipSetting } from '../address.ts'
import { refuseContradictions, textSettings } from '../expect/text.ts'
import { latencySetting } from '../latency.ts'
import { onlyRedirects, statusSetting } from './status.ts'

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

const url = z
  .string({ error: 'expected a URL such as https://example.test/health' })
  .max(4_000)
  .transform((text, context) => {
    const wrong = faultOf(text)
    if (wrong === null) return text
    context.addIssue({ code: 'custom', message: wrong })
    return z.NEVER
  })
  .meta({ title: 'URL', description: 'What is asked for, http or https.', examples: ['https://example.test/health'] })

function faultOf(text: string): string | null {
  if (!URL.canParse(text)) {
    const whole = `https://${text}`
    return URL.canParse(whole) ? `${text} is not a URL; write ${whole}` : `${text} is not a URL`
  }
  const { protocol, username, password, port } = new URL(text)
  if (protocol !== 'http:' && protocol !== 'https:') return `${text}: only http and https can be checked here`
  if (username !== '' || password !== '')
    return 'a URL holds no credentials, since it is shown; put them under auth: { basic: { user, password } }'
  return port === '0' ? `${text}: a port is a number from 1 to 65535` : null
}

const ourHeaders = /^(connection|content-length|transfer-encoding|te|trailer|upgrade|expect|keep-alive)$/i
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, {
  error: (issue) => `“${String(issue.input)}” is not the name of a header`,
})
const headerValue = z
  .string()
  .max(8_000)
  .regex(/^[\t\u0020-\u007e\u0080-\uffff]*$/, {
    error: 'a header’s value has no line breaks or control characters',
  })

const credential = (title: string, description: string) =>
  z
    .string()
    .min(1)
    .max(4_000)
    .regex(/^[^\r\n]*$/, 'has no line breaks')
    .meta({ title, description })
const auth = z
  .union(
    [
      z.strictObject({
        basic: z
          .strictObject({
            user: credential('User', 'The user’s name.').regex(
              /^[^:]*$/,
              'a user name for basic authentication has no colon',
            ),
            password: z.string().max(4_000).meta({ title: 'Password', description: 'The user’s password.' }),
          })
          .meta({ title: 'Basic', description: 'A user name and a password.' }),
      }),
      z.strictObject({ bearer: credential('Token', 'A token, sent as Bearer.') }),
    ],
    { error: 'expected { basic: { user, password } } or { bearer: token }' },
  )
  .meta({ title: 'Authentication', description: 'Sent to the URL’s own origin only, never to where it redirects.' })

const text = z.string().min(1, 'an empty text is found in everything').max(10_000)

const bodyExpectation = z
  .strictObject(textSettings('body'))
  .superRefine(refuseContradictions)
  .meta({ title: 'Body', description: 'What the body must and must not be; upper and lower case differ.' })

const unit = { b: 1, kb: 1_000, mb: 1_000_000 } as const
const sizeMost = 20_000_000
const error = 'expected a size such as 64kB or 1MB'
const size = z
  .union([z.int({ error }).min(0), z.string().regex(/^\s*\d{1,9}\s*(B|kB|MB)\s*$/i, { error })], { error })
  .transform((value, context) => {
    const name = /[km]?b/i.exec(String(value))?.[0].toLowerCase() as keyof typeof unit | undefined
    const bytes = Number.parseInt(String(value), 10) * unit[name ?? 'b']
    if (bytes <= sizeMost) return bytes
    context.addIssue({ code: 'custom', message: `${value} is too much; at most 20MB of a body is read` })
    return z.NEVER
  })

const expectation = z
  .strictObject({
    status: statusSetting,
    body: bodyExpectation.optional(),
    headers: z
      .record(headerName, text)
      .refine((headers) => Object.keys(headers).length > 0, 'expects nothing; give at least one header')
      .meta({ title: 'Headers', description: 'Headers that must be there, each with a text that its value contains.' })
      .optional(),
    max_size: size.prefault('1MB').meta({
      title: 'Body read',
      description: 'So much of the body is read and judged (B, kB or MB), decompressed as well.',
    }),
  })
  .meta({ title: 'Expectations', description: 'What makes an answer a good one.' })

export const httpConfig = z
  .strictObject({
    url,
    method: z
      .enum(methods, { error: `expected one of ${methods.join(', ')}` })
      .meta({ title: 'Method', description: 'GET where nothing is said, POST where there is a body.' })
      .optional(),
    headers: z
      .record(headerName, headerValue)
      .prefault({})
      .meta({ title: 'Headers', description: 'Sent with the request; Host replaces the URL’s host name.' }),
    body: z
      .string()
      .max(1_000_000)
      .meta({ title: 'Body', description: 'Sent with the request, never to another origin.' })
      .optional(),
    auth: auth.optional(),
    follow: z
      .int({ error: 'expected a number of redirects; 0 judges the redirect itself' })
      .min(0)
      .max(20)
      .default(5)
      .meta({ title: 'Redirects', description: 'At most so many are followed; 0 judges the redirect itself.' }),
    follow_inside: z.boolean().default(false).meta({
      title: 'Redirects inside',
      description: 'Whether a public server may redirect to this machine or into a private network.',
    }),
    ip: ipSetting,
    expect: expectation.prefault({}),
    verify: z
      .boolean()
      .default(true)
      .meta({ title: 'Verify certificate', description: 'Whether a certificate that is not trusted is a failure.' }),
    latency: latencySetting.optional(),
  })
  .transform((config, context) => {
    refuse(config, context)
    return { ...config, method: config.method ?? (config.body === undefined ? 'GET' : 'POST') }
  })

export type HttpConfig = z.output<typeof httpConfig>

interface Given {
  readonly url: string
  readonly method?: (typeof methods)[number] | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  readonly auth?: unknown
  readonly follow: number
  readonly ip: 'any' | 4 | 6
  readonly expect: z.output<typeof expectation>
}

/** Refuses settings that contradict one another. */
function refuse(config: Given, context: z.RefinementCtx): void {
  const fault = (message: string, ...path: string[]) => context.addIssue({ code: 'custom', message, path })
  const { method, headers, expect } = config
  const names = Object.keys(headers)
  for (const name of names) {
    if (ourHeaders.test(name)) fault(`${name} is set by the check itself`, 'headers', name)
    if (names.some((other) => other < name && other.toLowerCase() === name.toLowerCase()))
      fault(`${name} is given twice`, 'headers', name)
    if (config.auth && /^authorization$/i.test(name)) fault('give either auth or this header', 'headers', name)
  }
  if (config.body !== undefined && (method === 'GET' || method === 'HEAD'))
    fault(`a ${method} request has no body; leave it out or choose another method`, 'body')
  if (expect.body && method === 'HEAD')
    fault('an answer to HEAD has no body; expect nothing of it or choose GET', 'expect', 'body')
  if (config.follow > 0 && onlyRedirects(expect.status))
    fault('a redirect is followed, so its status is never seen; add follow: 0 to judge it', 'expect', 'status')
  const wrong = URL.canParse(config.url) ? clash(new URL(config.url).hostname, config.ip) : null
  if (wrong !== null) fault(wrong, 'ip')
}
