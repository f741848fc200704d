// The settings of an HTTP check. Form, validation, manual and manifest schema follow from here.
// Promises that what makes no sense together is refused with the reason. Must not know how a check is done.
import { z } from 'zod'
import { suggest } from '#core/suggest.ts'
import { clash, ipSetting } from '../address.ts'
import { latencySetting } from '../latency.ts'
import { encryptionOf, encryptionSettings, refuseUnused } from './encryption.ts'
import { expectation, headerName } from './expectation.ts'
import { proxySetting } from './proxy.ts'
import { onlyRedirects } from './status.ts'
import { refuseUnknown, stepsSetting } from './steps.ts'
import { versionSetting } from './version.ts'

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

const urlForm = 'expected a URL such as https://example.test/health'
const url = z
  .string({ error: urlForm })
  .max(4_000)
  .transform((text, context) => {
    const wrong = faultOf(text)
    if (wrong === null) return text
    context.addIssue({ code: 'custom', message: wrong })
    return z.NEVER
  })
  .meta({ title: 'URL', description: 'What is asked for, http or https.', examples: ['https://example.test/health'] })

function faultOf(text: string): string | null {
  // `localhost:8080` is a URL too, of the scheme localhost.
  if (!URL.canParse(text) || !text.includes('://')) return complain(text)
  const { protocol, username, password, port } = new URL(text)
  if (protocol !== 'http:' && protocol !== 'https:') return `${text}: only http and https can be checked here`
  if (username !== '' || password !== '')
    return 'a URL holds no credentials, since it is shown; put them under auth: { basic: { user, password } }'
  return port === '0' ? badPort(port) : null
}

const badPort = (port: string) => `a port is a number from 1 to 65535, not ${port}`

/** Why a text is no URL. */
function complain(text: string): string {
  if (text.trim() === '') return 'is empty; write a URL such as https://example.test/health'
  const whole = `https://${text}`
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
  if (!hasScheme && URL.canParse(whole)) return `${text} is not a URL; write ${whole}`
  const [, host = '', port = ''] = /^[^/]*\/\/([^/?#]*?)(?::([^/?#:\]]*))?(?:[/?#]|$)/.exec(text) ?? []
  if (port !== '' && !(Number(port) <= 65_535)) return `${text}: ${badPort(port)}`
  if (/\s/.test(host)) return `${text}: a host name has no spaces`
  if (hasScheme && host === '') return `${text} names no host`
  return `${text} is not a URL; write one such as https://example.test/health`
}

const ourHeaders = /^(connection|content-length|transfer-encoding|te|trailer|upgrade|expect|keep-alive)$/i
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
  .strictObject(
    {
      basic: z
        .strictObject({
          user: credential('User', 'The user’s name.').regex(
            /^[^:]*$/,
            'a user name for basic authentication has no colon',
          ),
          password: z.string().max(4_000).meta({ title: 'Password', description: 'The user’s password.' }),
        })
        .meta({ title: 'Basic', description: 'A user name and a password.' })
        .optional(),
      bearer: credential('Token', 'A token, sent as Bearer.').optional(),
    },
    { error: (issue) => (issue.code === 'invalid_type' ? `expected ${authForms}` : undefined) },
  )
  .transform(({ basic, bearer }, context) => {
    if (basic !== undefined && bearer === undefined) return { basic }
    if (bearer !== undefined && basic === undefined) return { bearer }
    const both = 'a request has one of basic and bearer; leave the other out'
    context.addIssue({ code: 'custom', message: basic === undefined ? `expected ${authForms}` : both })
    return z.NEVER
  })
  .meta({ title: 'Authentication', description: 'Sent to the URL’s own origin only, never to where it redirects.' })
const authForms = '{ basic: { user, password } } or { bearer: token }'

function sayMethod(given: unknown): string {
  const near = typeof given === 'string' ? suggest(given.toUpperCase(), methods) : null
  return `expected one of ${methods.join(', ')}${near === null ? '' : `; did you mean ${near}?`}`
}

/** One request and what its answer must be; a check has one, or one in each step. */
const request = {
  method: z
    .enum(methods, { error: (issue) => sayMethod(issue.input) })
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
  expect: expectation.prefault({}),
}

export const httpConfig = z
  .strictObject({
    url: url.optional(),
    ...request,
    steps: stepsSetting({ url, ...request }).optional(),
    http_version: versionSetting,
    proxy: proxySetting.optional(),
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
    ...encryptionSettings,
    latency: latencySetting.optional(),
  })
  .refine(hasUrl, { error: urlForm, path: ['url'], when: () => true })
  .transform((config, context) => {
    if (config.steps) refuseSteps({ ...config, steps: config.steps }, context)
    else refuse(config, context)
    if (config.proxy && config.ip !== 'any')
      context.addIssue({ code: 'custom', message: 'is decided by the proxy; leave it out', path: ['ip'] })
    const urls = config.steps?.map((step) => step.url) ?? [config.url ?? '']
    refuseUnused(config, urls, (message, path) => context.addIssue({ code: 'custom', message, path: [path] }))
    const [url = ''] = urls
    const steps = config.steps?.map(named) ?? null
    return { ...config, url, method: methodOf(config), steps, encryption: encryptionOf(config) }
  })

/** Also where other settings are at fault, so that all faults are told at once. */
function hasUrl(config: unknown): boolean {
  return typeof config !== 'object' || config === null || 'url' in config || 'steps' in config
}

const methodOf = ({ method, body }: Pick<Given, 'method' | 'body'>) => method ?? (body === undefined ? 'GET' : 'POST')
const named = <Step extends Pick<Given, 'method' | 'body'>>(step: Step) => ({ ...step, method: methodOf(step) })

export type HttpConfig = z.output<typeof httpConfig>

interface Given {
  readonly url?: string | undefined
  readonly method?: (typeof methods)[number] | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  readonly auth?: unknown
  readonly follow: number
  readonly ip: 'any' | 4 | 6
  readonly expect: z.output<typeof expectation>
}

type Step = Omit<Given, 'follow' | 'ip'> & Parameters<typeof refuseUnknown>[0][number]

/** Refuses what stands beside steps and belongs into them, and steps that cannot be gone. */
function refuseSteps(config: Given & { readonly steps: readonly Step[] }, context: z.RefinementCtx): void {
  const { steps, follow, ip } = config
  const fault = (message: string, path: readonly (string | number)[]) =>
    context.addIssue({ code: 'custom', message, path: [...path] })
  const usual = JSON.stringify(expectation.parse({}))
  const isGiven = {
    url: config.url !== undefined,
    method: config.method !== undefined,
    headers: Object.keys(config.headers).length > 0,
    body: config.body !== undefined,
    auth: config.auth !== undefined,
    expect: JSON.stringify(config.expect) !== usual,
  }
  for (const [name, given] of Object.entries(isGiven)) if (given) fault('each of the steps has its own', [name])
  for (const [index, step] of steps.entries()) refuse({ ...step, follow, ip }, context, ['steps', index])
  refuseUnknown(steps, (message, path) => fault(message, ['steps', ...path]))
}

/** Refuses settings that contradict one another. */
function refuse(config: Given, context: z.RefinementCtx, at: readonly (string | number)[] = []): void {
  const fault = (message: string, ...path: string[]) =>
    context.addIssue({ code: 'custom', message, path: [...at, ...path] })
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
  for (const part of ['body', 'json'] as const)
    if (expect[part] && method === 'HEAD')
      fault('an answer to HEAD has no body; expect nothing of it or choose GET', 'expect', part)
  if (config.follow > 0 && onlyRedirects(expect.status))
    fault('a redirect is followed, so its status is never seen; add follow: 0 to judge it', 'expect', 'status')
  const { url = '' } = config
  const wrong = URL.canParse(url) ? clash(new URL(url).hostname, config.ip) : null
  if (wrong !== null) context.addIssue({ code: 'custom', message: wrong, path: ['ip'] })
}
