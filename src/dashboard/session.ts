// Who is signed in, and what they may.
// Promises that when a session ends while something is open nothing of it is lost: one signs in over it.
import { computed, effect, signal } from '@preact/signals'
import { allows, type Scope } from '#core/rights.ts'
import { get, Problem, refusals, remove, sentenceOf } from './api/client.ts'
import { forgetAll } from './api/loaded.ts'
import type { Me } from './api/types.ts'

type State =
  | { readonly is: 'asking' }
  | { readonly is: 'out' }
  | { readonly is: 'in'; readonly me: Me; readonly ended: boolean }
  | { readonly is: 'unreachable'; readonly why: string }

export const session = signal<State>({ is: 'asking' })
export const me = computed(() => (session.value.is === 'in' ? session.value.me : null))

/** Whether whoever is signed in may do what needs this scope. */
export const may = (scope: Scope): boolean => me.value !== null && allows(me.value.scopes, scope)

/** Asks the server who this browser is signed in as. */
export async function learnWho(): Promise<void> {
  const before = me.value?.name ?? null
  try {
    const who = await get<Me>('/me')
    if (before !== null && before !== who.name) forgetAll()
    session.value = { is: 'in', me: who, ended: false }
  } catch (error) {
    if (error instanceof Problem && error.status === 401) {
      if (session.value.is !== 'in') session.value = { is: 'out' }
    } else if (session.value.is !== 'in') session.value = { is: 'unreachable', why: sentenceOf(error) }
  }
}

export async function signOut(): Promise<void> {
  await remove('/session')
  forgetAll()
  session.value = { is: 'out' }
}

effect(() => {
  if (refusals.value === 0) return
  const now = session.peek()
  if (now.is === 'in' && !now.ended) session.value = { ...now, ended: true }
})
