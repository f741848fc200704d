// Saved views: kept, changed and taken away by whoever they belong to; everybody's by those who may edit.
// Promises a bound for each person and for all, and that nobody finds those of others. Must not know what a query says.
import { Conflict, type SavedView } from '#store/store.ts'
import type { CommandParts } from './ports.ts'
import { Refused } from './refused.ts'

/** Who asks. */
export interface Keeper {
  /** Null: a token, which has none of its own. */
  readonly user: number | null
  readonly mayShare: boolean
}

export interface Wanted {
  readonly name: string
  readonly query: string
  readonly shared: boolean
}

type Parts = Pick<CommandParts, 'store' | 'clock'>

const most = { own: 100, shared: 300 }

export async function saveView(parts: Parts, by: Keeper, { name, query, shared }: Wanted): Promise<SavedView> {
  const user = ownerOf(by, shared)
  return await named(name, () =>
    parts.store.transaction(async (tx) => {
      const there = (await tx.savedViews.list(user)).filter((view) => view.user === user)
      const room = user === null ? most.shared : most.own
      if (there.length >= room)
        throw new Refused({ kind: 'impossible', why: `There are ${room} already; take one away that nobody uses.` })
      return await tx.savedViews.insert({ user, name, query }, parts.clock.now())
    }),
  )
}

export async function changeView(parts: Parts, by: Keeper, id: number, change: Partial<Wanted>): Promise<SavedView> {
  const view = await theirs(parts, by, id)
  const { shared, ...rest } = change
  const owner = shared === undefined || shared === (view.user === null) ? {} : { user: ownerOf(by, shared) }
  const changed = await named(change.name ?? view.name, () =>
    parts.store.savedViews.update(id, { ...rest, ...owner }, parts.clock.now()),
  )
  return changed ?? missing(id)
}

export async function removeView(parts: Parts, by: Keeper, id: number): Promise<void> {
  await theirs(parts, by, id)
  if (!(await parts.store.savedViews.remove(id, parts.clock.now()))) missing(id)
}

/** One that they may change; others' own ones are not there for them. */
async function theirs({ store }: Parts, by: Keeper, id: number): Promise<SavedView> {
  const view = await store.savedViews.get(id)
  if (view === null || (view.user !== null && view.user !== by.user)) return missing(id)
  if (view.user === null) ownerOf(by, true)
  return view
}

function missing(id: number): never {
  throw new Refused({ kind: 'missing', what: 'saved view', key: String(id) })
}

function ownerOf({ user, mayShare }: Keeper, shared: boolean): number | null {
  if (shared && !mayShare)
    throw new Refused({
      kind: 'forbidden',
      why: 'What everybody sees is changed with the scope "edit"; keep one of your own.',
    })
  if (!shared && user === null)
    throw new Refused({ kind: 'forbidden', why: 'A token has no views of its own; set "shared" to true.' })
  return shared ? null : user
}

async function named<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof Conflict ? new Refused({ kind: 'exists', what: 'saved view', key: name }) : error
  }
}
