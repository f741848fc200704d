// Puts objects into a running server by its API, a few at a time.
// Promises that an object that is there as it should be is left alone, and that one refusal stops no other.
import type { Clock } from '#platform/clock.ts'
import type { Imported } from './lovebeat.ts'

export interface ApplyParts {
  readonly server: string
  readonly token: string | null
  readonly clock: Clock
  readonly progress: (done: number, all: number) => void
}
export interface Outcome {
  readonly created: number
  readonly changed: number
  readonly same: number
  readonly refused: readonly { readonly what: string; readonly why: string }[]
}

const atOnce = 8
const timeoutMs = 30_000

/** In this order: what is told comes after what tells. Throws an Error when the server cannot be reached. */
export async function applyObjects(parts: ApplyParts, objects: readonly Imported[]): Promise<Outcome> {
  const counts = { created: 0, changed: 0, same: 0 }
  const refused: { what: string; why: string }[] = []
  let done = 0
  for (const type of ['channel', 'monitor', 'rule'] as const) {
    const queue = objects.filter((one) => one.type === type).values()
    const work = async () => {
      for (const object of queue) {
        const came = await applyOne(parts, object)
        if (typeof came === 'string') refused.push({ what: `${type} ${object.key}`, why: came })
        else counts[came.became] += 1
        parts.progress((done += 1), objects.length)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
  }
  return { ...counts, refused }
}

type Came = { readonly became: 'created' | 'changed' | 'same' } | string

async function applyOne(parts: ApplyParts, { type, key, spec }: Imported): Promise<Came> {
  const path = `/api/v2/${type}s/${encodeURIComponent(key)}`
  const before = await ask(parts, 'GET', path)
  if (before.status !== 200 && before.status !== 404) return before.detail
  const after = await ask(parts, 'PUT', path, spec)
  if (after.status === 201) return { became: 'created' }
  if (after.status !== 200) return after.detail
  return { became: after.revision === before.revision ? 'same' : 'changed' }
}

interface Answer {
  readonly status: number
  readonly revision: number | null
  readonly detail: string
}

async function ask(
  { server, token, clock }: ApplyParts,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const giveUp = new AbortController()
  const timer = clock.after(timeoutMs, () => giveUp.abort())
  try {
    const response = await fetch(`${server}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: giveUp.signal,
    })
    const said = (await response.json().catch(() => ({}))) as {
      revision?: number
      detail?: string
      errors?: readonly { path: string; message: string }[]
    }
    const faults = (said.errors ?? []).map((one) => `${one.path} ${one.message}`).join('; ')
    const detail = [said.detail ?? `the server answered ${response.status}`, faults].filter(Boolean).join(' ')
    return { status: response.status, revision: said.revision ?? null, detail }
  } catch (error) {
    const why = giveUp.signal.aborted ? 'it has not answered within 30 s' : causeOf(error)
    throw new Error(`${server} cannot be reached: ${why}. Name another server by --server.`, { cause: error })
  } finally {
    timer.cancel()
  }
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message : String(cause)
}
