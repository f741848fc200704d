// What can be done from anywhere, by keys and by the palette.
// Promises the same deed by either way, and a word of what came of it.
import { signal } from '@preact/signals'
import type { Scope } from '#core/rights.ts'
import { at, post, sentenceOf } from '../api/client.ts'
import type { Finding, Row } from '../api/types.ts'
import { toast } from '../parts/toast.tsx'
import { go } from '../router.ts'
import { acknowledge, findingWords, snooze } from '../screens/deeds.ts'
import { isPicked, pick } from '../screens/picked.ts'
import { may } from '../session.ts'
import type { Deed } from './keymap.ts'
import { current, moved, shownRows, target } from './target.ts'

/** The dialog that is open over the screen. */
export const overlay = signal<'palette' | 'help' | null>(null)

export const openPalette = (): void => {
  overlay.value = 'palette'
}

const path = (row: Row, ...rest: string[]) => at('monitors', row.key, ...rest)

/** What is acted on: the open monitor, else the current row. */
export const subject = (): Row | null =>
  target.value?.row ?? shownRows.value.find(({ key }) => key === current.value) ?? null

function move(by: 1 | -1): void {
  current.value = moved(shownRows.value, current.value, by)
  document.getElementById(`row-${current.value}`)?.scrollIntoView({ block: 'nearest' })
}

async function tell(work: Promise<string>): Promise<void> {
  try {
    toast(await work)
    target.value?.again()
  } catch (error) {
    toast(sentenceOf(error), 'bad')
  }
}

async function run(row: Row): Promise<string> {
  const { found } = await post<{ found: Finding }>(path(row, 'run'), undefined, { timeout: 90_000 })
  return `${row.name}: ${findingWords(found)}`
}

interface OnRow {
  readonly needs: Scope
  /** Gives what is to be said when it is done; null: nothing. */
  act(row: Row): Promise<string> | null
}

const silently = (act: (row: Row) => void) => (row: Row) => {
  act(row)
  return null
}

const labelQuery = ({ labels }: Row) =>
  Object.entries(labels)
    .map((pair) => `&label=${encodeURIComponent(pair.join(':'))}`)
    .join('')

const onRow: Partial<Record<Deed, OnRow>> = {
  open: { needs: 'read', act: silently((row) => target.value === null && go(path(row))) },
  edit: { needs: 'edit', act: silently((row) => go(path(row, 'edit'))) },
  silence: { needs: 'respond', act: silently((row) => go(`/silences?new=1${labelQuery(row)}`)) },
  pick: { needs: 'edit', act: silently(({ key }) => pick([key], !isPicked(key))) },
  run: { needs: 'respond', act: run },
  acknowledge: {
    needs: 'respond',
    act: ({ key, name }) => acknowledge(key).then(() => `${name} is acknowledged.`),
  },
  snooze: {
    needs: 'respond',
    act: ({ key, name }) => snooze(key, '1h').then(() => `${name} is quiet for an hour.`),
  },
  pause: {
    needs: 'edit',
    act: (row) =>
      post(path(row, row.paused ? 'resume' : 'pause')).then(
        () => `${row.name} is ${row.paused ? 'watched again' : 'paused'}.`,
      ),
  },
}

function search(): void {
  const field = document.getElementById('search')
  if (field) field.focus()
  else openPalette()
}

const anywhere: Partial<Record<Deed, () => void>> = {
  search,
  next: () => move(1),
  previous: () => move(-1),
  new: () => go(may('edit') ? '/monitors/new' : '/monitors'),
  help: () => {
    overlay.value = 'help'
  },
}

/** True: it was done, or is under way. */
export function perform(deed: Deed): boolean {
  if (deed.startsWith('go ')) {
    go(deed.slice(3))
    return true
  }
  const act = anywhere[deed]
  act?.()
  return act !== undefined || performOn(subject(), onRow[deed])
}

function performOn(row: Row | null, deed: OnRow | undefined): boolean {
  if (row === null || deed === undefined) return false
  if (!may(deed.needs)) {
    toast('Your role does not allow this.', 'bad')
    return true
  }
  const work = deed.act(row)
  if (work !== null) void tell(work)
  return true
}
