// Passkeys by the browser's own JSON methods; older browsers, which lack them, are told so.
import { post, Problem } from './client.ts'

interface JsonMethods {
  parseCreationOptionsFromJSON?(options: unknown): PublicKeyCredentialCreationOptions
  parseRequestOptionsFromJSON?(options: unknown): PublicKeyCredentialRequestOptions
}

export const hasPasskeys = (): boolean =>
  'PublicKeyCredential' in window &&
  (window.PublicKeyCredential as JsonMethods).parseRequestOptionsFromJSON !== undefined

interface Offer {
  readonly ticket: string
  readonly options: unknown
}

const stopped = () =>
  new Problem(0, 'passkey', 'The browser gave no passkey: it was stopped, took too long, or knows none for this site.')
const old = () => new Problem(0, 'passkey', 'This browser is too old for passkeys here; use another way.')

/** Asks for options at `path`/options and answers with what the browser proves at `path`. */
export async function prove<Answer>(path: string, asked: object): Promise<Answer> {
  const { parseRequestOptionsFromJSON: parse } = window.PublicKeyCredential as JsonMethods
  if (parse === undefined) throw old()
  const { ticket, options } = await post<Offer>(`${path}/options`, asked)
  const publicKey = parse.call(window.PublicKeyCredential, options)
  const credential = await navigator.credentials.get({ publicKey }).catch(() => null)
  if (!(credential instanceof PublicKeyCredential)) throw stopped()
  return await post<Answer>(path, { ticket, credential: credential.toJSON() })
}

/** Makes a passkey in the browser and has the server keep it. */
export async function makePasskey<Answer>(name: string): Promise<Answer> {
  const { parseCreationOptionsFromJSON: parse } = window.PublicKeyCredential as JsonMethods
  if (parse === undefined) throw old()
  const { ticket, options } = await post<Offer>('/me/passkeys/options')
  const publicKey = parse.call(window.PublicKeyCredential, options)
  const credential = await navigator.credentials.create({ publicKey }).catch(() => null)
  if (!(credential instanceof PublicKeyCredential)) throw stopped()
  return await post<Answer>('/me/passkeys', { ticket, name, credential: credential.toJSON() })
}
