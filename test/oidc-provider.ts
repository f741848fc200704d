// An identity provider for tests: a real HTTP server with discovery, keys, codes with PKCE, tokens and userinfo.
// Promises to check what a provider checks (redirect address, code once, verifier, the client's secret); knobs bend
// what it says. Tokens are signed here, apart from the code that reads them.
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type SigningAlgorithm = 'RS256' | 'ES256' | 'EdDSA'
type Json = Record<string, unknown>

interface Key {
  readonly kid: string
  readonly algorithm: SigningAlgorithm
  readonly key: KeyObject
  readonly jwk: Json
}

export interface Provider {
  readonly issuer: string
  /** What the next token says, over the usual claims; undefined leaves a claim out. */
  claims: Json
  /** What userinfo answers. */
  userinfo: Json
  /** How the next token is bent. */
  bent: { header?: Json; signature?: 'wrong' | 'none' | 'foreign'; status?: number; describe?: Json }
  /** How often the keys were asked for. */
  keysAsked: number
  /** Signs with a new key from now on; the old one is gone. */
  rotate(algorithm?: SigningAlgorithm): void
  /** Does what the provider's page would: gives the address to which the browser is sent back. */
  consent(url: string): Promise<string>
  close(): Promise<void>
}

export const client = { id: 'allswell', secret: 'a secret & odd: client' }

function newKey(algorithm: SigningAlgorithm): Key {
  const pair =
    algorithm === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2_048 })
      : algorithm === 'ES256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('ed25519')
  const kid = randomBytes(6).toString('hex')
  return { kid, algorithm, key: pair.privateKey, jwk: { ...pair.publicKey.export({ format: 'jwk' }), kid, use: 'sig' } }
}

interface Code {
  readonly nonce: string | null
  readonly challenge: string
  readonly redirectUri: string
}

export async function openProvider(now: () => number): Promise<Provider> {
  let key = newKey('RS256')
  const codes = new Map<string, Code>()
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/realm`
  const provider: Provider = {
    issuer,
    claims: {},
    userinfo: {},
    bent: {},
    keysAsked: 0,
    rotate(algorithm = key.algorithm) {
      key = newKey(algorithm)
    },
    async consent(url) {
      const response = await fetch(url, { redirect: 'manual' })
      return response.headers.get('location') ?? `no redirect: ${response.status} ${await response.text()}`
    },
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', issuer)
    const [status, body, location] = await route(url, request)
    response.writeHead(provider.bent.status ?? status, {
      'content-type': 'application/json',
      ...(location ? { location } : {}),
    })
    response.end(JSON.stringify(body))
  }

  async function route(url: URL, request: IncomingMessage): Promise<[number, Json, string?]> {
    if (url.pathname === '/realm/.well-known/openid-configuration') return [200, described()]
    if (url.pathname === '/realm/keys') {
      provider.keysAsked += 1
      return [200, { keys: [key.jwk] }]
    }
    if (url.pathname === '/realm/authorize') return authorize(url.searchParams)
    if (url.pathname === '/realm/token') return token(request, new URLSearchParams(await read(request)))
    if (url.pathname === '/realm/userinfo')
      return request.headers.authorization === 'Bearer access' ? [200, provider.userinfo] : [401, {}]
    return [404, {}]
  }

  const described = (): Json => ({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/keys`,
    ...provider.bent.describe,
  })

  function authorize(query: URLSearchParams): [number, Json, string?] {
    const [redirectUri, challenge] = [query.get('redirect_uri') ?? '', query.get('code_challenge') ?? '']
    const fits = query.get('client_id') === client.id && query.get('response_type') === 'code'
    if (!fits || query.get('code_challenge_method') !== 'S256' || challenge === '') return [400, { error: 'bad' }]
    const code = randomBytes(12).toString('hex')
    codes.set(code, { nonce: query.get('nonce'), challenge, redirectUri })
    const back = new URL(redirectUri)
    back.searchParams.set('code', code)
    back.searchParams.set('state', query.get('state') ?? '')
    return [302, {}, back.href]
  }

  function token(request: IncomingMessage, body: URLSearchParams): [number, Json] {
    const basic = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString()
    const [id = '', secret = ''] = basic.split(':').map((part) => decodeURIComponent(part))
    const inBody = body.get('client_id') === client.id && body.get('client_secret') === client.secret
    if (!inBody && (id !== client.id || secret !== client.secret)) return [401, { error: 'invalid_client' }]
    const given = codes.get(body.get('code') ?? '')
    codes.delete(body.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(body.get('code_verifier') ?? '')
      .digest('base64url')
    if (given?.challenge !== challenge || given.redirectUri !== body.get('redirect_uri'))
      return [400, { error: 'invalid_grant' }]
    return [200, { id_token: signed(given.nonce), access_token: 'access', token_type: 'Bearer' }]
  }

  function signed(nonce: string | null): string {
    const at = Math.floor(now() / 1_000)
    const usual = { iss: issuer, aud: client.id, sub: 'subject-1', iat: at, exp: at + 300, nonce }
    const header = { alg: key.algorithm, kid: key.kid, typ: 'JWT', ...provider.bent.header }
    const text = [header, { ...usual, ...provider.claims }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    return `${text}.${signatureOf(text)}`
  }

  function signatureOf(text: string): string {
    const { signature } = provider.bent
    if (signature === 'none') return ''
    const { key: own, algorithm } = signature === 'foreign' ? newKey(key.algorithm) : key
    const hash = algorithm === 'EdDSA' ? null : 'sha256'
    const bytes = sign(hash, Buffer.from(text), { key: own, dsaEncoding: 'ieee-p1363' })
    if (signature === 'wrong') bytes[5] = (bytes[5] ?? 0) ^ 1
    return bytes.toString('base64url')
  }
  return provider
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
