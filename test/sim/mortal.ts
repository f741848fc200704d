// Mortality: a clock and a store that die with the process that uses them, at once and without a goodbye.
// Promises that after `kill` nothing of the dead process moves the world: no timer fires, no statement runs.
import type { Clock } from '#platform/clock.ts'
import type { Aggregates, Store } from '#store/store.ts'

export interface Life {
  readonly clock: Clock
  alive(): boolean
  kill(): void
}

export function beginLife(clock: Clock): Life {
  let alive = true
  return {
    clock: {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      after: (ms, call) =>
        clock.after(ms, () => {
          if (alive) call()
        }),
    },
    alive: () => alive,
    kill: () => {
      alive = false
    },
  }
}

/** What a dead process waits for never comes. */
const never = new Promise<never>(() => {})

/** The store as one process sees it. Killed in the middle of a transaction, the transaction is undone. */
export function mortalStore(store: Store, life: Life): Store {
  const wrapped = Object.fromEntries(
    Object.entries(store as unknown as Record<string, unknown>)
      .filter(([, value]) => typeof value === 'object' && value !== null)
      .map(([name, aggregate]) => [name, mortalAggregate(aggregate as object, life)]),
  ) as unknown as Aggregates
  return {
    ...wrapped,
    dialect: store.dialect,
    transaction: async (work) => {
      if (!life.alive()) return never
      const result = await store.transaction(async (tx) => {
        const answer = await work(mortalTransaction(tx, life))
        if (!life.alive()) throw new Killed()
        return answer
      })
      return life.alive() ? result : never
    },
    as: (actor, work) => store.as(actor, work),
    ping: () => (life.alive() ? store.ping() : never),
    close: () => Promise.resolve(),
  }
}

/** Undoes a transaction of a process that was killed in its midst. */
export class Killed extends Error {}

function mortalTransaction(tx: Aggregates, life: Life): Aggregates {
  const names = Object.keys(tx) as (keyof Aggregates)[]
  return Object.fromEntries(
    names
      .filter((name) => typeof tx[name] === 'object')
      .map((name) => [
        name,
        mortalAggregate(tx[name], life, () => {
          throw new Killed()
        }),
      ]),
  ) as unknown as Aggregates
}

function mortalAggregate(aggregate: object, life: Life, dead: () => unknown = () => never): unknown {
  return new Proxy(aggregate, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown
      if (typeof value !== 'function') return value
      return async (...parameters: unknown[]) => {
        if (!life.alive()) return dead()
        const result: unknown = await Reflect.apply(value, target, parameters)
        return life.alive() ? result : dead()
      }
    },
  })
}
