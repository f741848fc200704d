// Passkeys: made and managed by their people, and signing in with them.
// Promises options and answers in the form that browsers' own JSON methods have. Decides nothing.
import { z } from 'zod'
import { label } from '#commands/accounts/names.ts'
import { confirmed } from '#commands/accounts/own.ts'
import {
  addPasskey,
  askOwnPasskey,
  askPasskey,
  confirmWithPasskey,
  offerPasskey,
  removePasskey,
  renamePasskey,
  signInWithPasskey,
} from '#commands/accounts/passkeys.ts'
import type { Passkey } from '#store/store.ts'
import type { ApiParts } from '../parts.ts'
import { Reply, type Route, route } from '../route.ts'
import { byId, iso, isoOrNull, listOf, when } from '../shapes.ts'
import { sessionShown, showSession } from '../shown-people.ts'
import { enter, entered, personOf, signedIn, whence } from '../sign-in.ts'
import type { Visitor } from '../visitor.ts'
import { codes } from './me.ts'

const secret = z.string().min(1).max(200)
const bytes = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[\w-]*$/, 'is not base64url')
const options = z.record(z.string(), z.unknown())

const registration = z.looseObject({
  id: bytes(2_000),
  response: z.looseObject({
    clientDataJSON: bytes(8_000),
    attestationObject: bytes(50_000),
    transports: z.array(z.string().max(50)).max(10).optional(),
  }),
})
const assertion = z.looseObject({
  id: bytes(2_000),
  response: z.looseObject({
    clientDataJSON: bytes(8_000),
    authenticatorData: bytes(8_000),
    signature: bytes(4_000),
    userHandle: bytes(200).nullable().optional(),
  }),
})
const answer = z.strictObject({ ticket: secret, credential: assertion })

const passkey = z.object({ id: z.int(), name: z.string(), createdAt: when, usedAt: when.nullable() })
const show = ({ id, name, createdAt, usedAt }: Passkey): z.input<typeof passkey> => ({
  id,
  name,
  createdAt: iso(createdAt),
  usedAt: isoOrNull(usedAt),
})

/** The site as passkeys know it: where the browser is, unless the configuration says where people reach us. */
function siteOf(parts: ApiParts, visitor: Visitor) {
  const { publicUrl } = parts.server()
  const configured = publicUrl === null ? null : new URL(publicUrl)
  const origin = configured?.host === new URL(visitor.origin).host ? configured.origin : visitor.origin
  return { origin, name: 'Allswell' }
}

export function passkeyRoutes(parts: ApiParts): Route[] {
  return [...entering(parts), ...confirming(parts), ...keeping(parts)]
}

function entering(parts: ApiParts): Route[] {
  return [
    route({
      at: 'POST /api/v2/session/passkey/options',
      scope: null,
      summary: 'What a browser needs to sign in with a passkey, alone or as the second step',
      body: z.strictObject({ ticket: secret.describe('Of the second step; left out: a passkey alone.').optional() }),
      answer: z.object({ ticket: z.string(), options }),
      handle: async ({ body, visitor }) => {
        parts.attempts.spend(visitor, null)
        return await askPasskey(parts, siteOf(parts, visitor), body.ticket ?? null)
      },
    }),
    route({
      at: 'POST /api/v2/session/passkey',
      scope: null,
      summary: 'Sign in with a passkey',
      body: answer,
      answer: signedIn,
      handle: async ({ body, visitor }) => {
        const work = () => signInWithPasskey(parts, siteOf(parts, visitor), body, whence(visitor))
        return enter(parts, visitor, await parts.attempts.make(visitor, null, work))
      },
    }),
  ]
}

function confirming(parts: ApiParts): Route[] {
  return [
    route({
      at: 'POST /api/v2/session/confirm/passkey/options',
      scope: 'read',
      people: true,
      summary: 'What a browser needs to prove again by a passkey who one is',
      answer: z.object({ ticket: z.string(), options }),
      handle: ({ who, visitor }) => askOwnPasskey(parts, siteOf(parts, visitor), personOf(who)),
    }),
    route({
      at: 'POST /api/v2/session/confirm/passkey',
      scope: 'read',
      people: true,
      summary: 'Prove again by a passkey who one is; the cookie is set anew',
      body: answer,
      answer: sessionShown,
      handle: async ({ body, who, visitor }) => {
        const person = personOf(who)
        await parts.attempts.make(visitor, `confirm ${person.user.id}`, () =>
          confirmWithPasskey(parts, siteOf(parts, visitor), person, body),
        )
        const { session, secret } = await confirmed(parts, person)
        parts.auth.forget()
        return entered(parts, visitor, secret, showSession(session, session.id))
      },
    }),
  ]
}

function keeping(parts: ApiParts): Route[] {
  return [
    route({
      at: 'GET /api/v2/me/passkeys',
      scope: 'read',
      people: true,
      summary: "List one's passkeys",
      answer: listOf(passkey),
      handle: async ({ who }) => ({
        items: (await parts.store.passkeys.of(personOf(who).user.id)).map(show),
        next: null,
      }),
    }),
    route({
      at: 'POST /api/v2/me/passkeys/options',
      scope: 'read',
      people: true,
      summary: 'What a browser needs to make a passkey',
      answer: z.object({ ticket: z.string(), options }),
      handle: ({ who, visitor }) => offerPasskey(parts, personOf(who), siteOf(parts, visitor)),
    }),
    route({
      at: 'POST /api/v2/me/passkeys',
      scope: 'read',
      people: true,
      summary: 'Keep a passkey that the browser made',
      status: 201,
      body: z.strictObject({ ticket: secret, name: label, credential: registration }),
      answer: passkey.extend({ codes: codes.nullable().describe('Recovery codes; null: there are some already.') }),
      handle: async ({ body, who, visitor }) => {
        const { passkey, codes } = await addPasskey(parts, personOf(who), siteOf(parts, visitor), body)
        return new Reply(201, { ...show(passkey), codes: codes && [...codes] })
      },
    }),
    route({
      at: 'PATCH /api/v2/me/passkeys/{id}',
      scope: 'read',
      people: true,
      summary: 'Call a passkey something else',
      params: byId,
      body: z.strictObject({ name: label }),
      answer: passkey,
      handle: async ({ params: { id }, body, who }) => show(await renamePasskey(parts, personOf(who), id, body.name)),
    }),
    route({
      at: 'DELETE /api/v2/me/passkeys/{id}',
      scope: 'read',
      people: true,
      summary: 'Remove a passkey',
      status: 204,
      params: byId,
      answer: null,
      handle: async ({ params: { id }, who }) => {
        await removePasskey(parts, personOf(who), id)
        return new Reply(204, null)
      },
    }),
  ]
}
