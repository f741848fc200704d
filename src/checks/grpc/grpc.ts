// The kind `grpc`: asks a server of gRPC for its health, or that of one service (grpc.health.v1.Health/Check).
// Promises one finding within the timeout. Must not know who asked.
import { z } from 'zod'
import { addressSetting, clash, ipSetting } from '../address.ts'
import { defineCheck } from '../check.ts'
import { where } from '../dial.ts'
import { Failure } from '../failure.ts'
import { latencySetting } from '../latency.ts'
import { quote } from '../quote.ts'
import { headersSetting, secretsIn } from '../service/headers.ts'
import { keepSecret, serviceTls, usualTls } from '../service/tls.ts'
import { hold, type Session } from '../talk/session.ts'
import { type Answer, call } from './call.ts'
import { question, servingIn } from './message.ts'

const ours = /^(:.*|grpc-.*|content-type|te|host|connection|transfer-encoding|upgrade|keep-alive|proxy-connection)$/i
const tlsPort = 443

const config = z
  .strictObject({
    address: addressSetting.meta({
      title: 'Address',
      description: 'Host and port; an IPv6 address stands in brackets.',
      examples: ['api.example.test:443', '[2001:db8::1]:50051'],
    }),
    service: z
      .string()
      .max(1_000)
      .regex(/^[\x21-\x7e]*$/, 'is a name without spaces, such as shop.v1.Cart')
      .default('')
      .meta({ title: 'Service', description: 'The service whose health is asked for; left out: the whole server.' }),
    metadata: headersSetting('Metadata', 'Sent along, such as a token that lets us in.', ours),
    tls: serviceTls(`Left out: on port ${tlsPort}.`),
    ip: ipSetting,
    latency: latencySetting.optional(),
  })
  .superRefine(({ address, ip }, context) => {
    if (context.issues.length > 0) return
    const wrong = clash(address.host, ip)
    if (wrong !== null) context.addIssue({ code: 'custom', message: wrong, path: ['ip'] })
  })

type GrpcConfig = z.output<typeof config>

async function talk(session: Session, { address, service, metadata, tls }: GrpcConfig): Promise<void> {
  const { attempt, target } = session
  const trust = tls === undefined && address.port === tlsPort ? usualTls : tls
  const secrets = secretsIn(metadata)
  if (trust) await session.secure(trust, 'h2')
  else if (secrets.length > 0) keepSecret(target, session.address, tls, 'secret among the metadata')
  attempt.phase = 'waiting for the answer to the call'
  const asked = {
    path: '/grpc.health.v1.Health/Check',
    authority: where(trust?.server_name ?? address.host, address.port),
    encrypted: Boolean(trust),
    metadata,
    message: question(service),
    target,
  }
  const answer = await session.timed('answer', call(attempt, session.socket, asked))
  const hushed = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), answer.words)
  judge(session, service, { ...answer, words: hushed })
}

/** https://github.com/grpc/grpc/blob/master/doc/statuscodes.md */
const codes =
  'OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED ' +
  'RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS ' +
  'UNAUTHENTICATED'
const names = codes.split(' ')
const denials = new Set(['PERMISSION_DENIED', 'UNAUTHENTICATED'])

/** Throws a Failure where it is not said that all is well. */
function judge({ target, facts }: Session, service: string, { status, words, body }: Answer): void {
  const name = names[status] ?? `code ${status}`
  const unknown = () => new Failure('status', `${target} does not know the service ${service}.`)
  if (name === 'NOT_FOUND' && service !== '') throw unknown()
  if (name === 'UNIMPLEMENTED')
    throw new Failure('status', `${target} does not tell its health: it has no grpc.health.v1.Health (${name}).`)
  if (name !== 'OK') {
    const said = words === '' ? '' : `; it said ${quote(words, 160)}`
    const reason = denials.has(name) ? 'auth' : 'failed'
    throw new Failure(reason, `${target} answers the question for its health by ${name}${said}.`)
  }
  const serving = servingIn(body)
  if (serving === null)
    throw new Failure('protocol', `${target} answers the question for its health by something else.`)
  facts['serving'] = serving
  if (serving === 'SERVING') return
  if (serving === 'SERVICE_UNKNOWN' && service !== '') throw unknown()
  const who = service === '' ? 'it' : service
  throw new Failure(
    'status',
    serving === 'NOT_SERVING'
      ? `${target} says that ${who} is not serving (${serving}).`
      : `${target} cannot say whether ${who} is serving (${serving}).`,
  )
}

export const grpc = defineCheck<GrpcConfig>({
  kind: 'grpc',
  title: 'gRPC',
  summary: 'Asks a server of gRPC for its health, or that of one service.',
  config,
  target: 'address',
  example: { address: 'api.example.com:443', service: 'shop.v1.Cart' },
  secrets: ['metadata.*', 'tls.client.key'],
  describe: ({ address, service }) => where(address.host, address.port) + (service === '' ? '' : ` (${service})`),
  probe: ({ tls, ...settings }, context) =>
    hold({ ...settings, tls: null }, context, { talk: (session) => talk(session, { ...settings, tls }) }),
})
