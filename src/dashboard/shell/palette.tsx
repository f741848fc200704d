// The palette: one field for screens, deeds and monitors; arrows and Enter.
import { useSignal } from '@preact/signals'
import { useEffect, useId } from 'preact/hooks'
import { get } from '../api/client.ts'
import { knownViews, learnViews } from '../api/views.ts'
import type { MonitorList, Row, ShownStatus } from '../api/types.ts'
import { clock } from '../clock.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Shape } from '../parts/shape.tsx'
import { go } from '../router.ts'
import { may } from '../session.ts'
import { overlay, perform, subject } from './commands.ts'
import { type Deed, keyList } from './keymap.ts'

interface Choice {
  readonly id: string
  readonly words: string
  readonly aside: string
  readonly status: ShownStatus | null
  readonly act: () => void
}

const screens: readonly (readonly [path: string, words: string])[] = [
  ['/', 'Home'],
  ['/monitors', 'Monitors'],
  ['/monitors?status=down&status=degraded', 'What is broken'],
  ['/events', 'Events'],
  ['/messages', 'Messages'],
  ['/channels', 'Channels'],
  ['/rules', 'Rules'],
  ['/pages', 'Status pages'],
  ['/settings', 'Profile'],
  ['/settings/security', 'Security'],
  ['/settings/people', 'People'],
  ['/settings/tokens', 'Tokens'],
  ['/settings/audit', 'Audit log'],
  ['/settings/system', 'System'],
  ['/monitors/new', 'New monitor'],
  ['/channels/new', 'New channel'],
  ['/rules/new', 'New rule'],
  ['/start', 'Watch an address'],
]
const onRow: ReadonlySet<Deed> = new Set(['acknowledge', 'snooze', 'pause', 'run', 'edit'])

/** What could be meant by some words, without asking the server. */
function known(text: string): Choice[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const fits = (one: string) => words.every((word) => one.toLowerCase().includes(word))
  const row = subject()
  const deeds = row
    ? keyList
        .filter(({ does }) => onRow.has(does))
        .map(({ does, words, keys }) => ({
          id: `do ${does}`,
          words: `${words}: ${row.name}`,
          aside: keys.join(' '),
          status: null,
          act: () => void perform(does),
        }))
    : []
  const places = screens
    .filter(([path]) => !path.endsWith('/new') || may('edit'))
    .map(([path, words]) => ({ id: `go ${path}`, words, aside: 'Screen', status: null, act: () => go(path) }))
  const views = (knownViews.value ?? []).map(({ id, name, query }) => ({
    id: `view ${id}`,
    words: name,
    aside: 'Saved view',
    status: null,
    act: () => go(`/monitors?${query}`),
  }))
  return [...deeds, ...views, ...places].filter((one) => fits(one.words))
}

const choiceOf = (row: Row): Choice => ({
  id: `monitor ${row.key}`,
  words: row.name,
  aside: row.key === row.name ? '' : row.key,
  status: row.status,
  act: () => go(`/monitors/${encodeURIComponent(row.key)}`),
})

const typingMs = 120
const shownMost = 12

/** Monitors that are called so, asked of the server while somebody types. */
function useFound(search: string): readonly Row[] {
  const found = useSignal<readonly Row[]>([])
  useEffect(() => {
    if (search === '') {
      found.value = []
      return undefined
    }
    const abort = new AbortController()
    const stop = clock.after(typingMs, () => {
      get<MonitorList>('/monitors', { search, limit: 8, fields: 'short' }, abort.signal).then(
        ({ items }) => (found.value = items),
        () => undefined,
      )
    })
    return () => {
      stop()
      abort.abort()
    }
  }, [search])
  return found.value
}

export function Palette() {
  const text = useSignal('')
  const at = useSignal(0)
  const id = useId()
  const found = useFound(text.value.trim().slice(0, 200))
  useEffect(() => {
    if (knownViews.value === null) learnViews().catch(() => undefined)
  }, [])
  const choices = [...found.map(choiceOf), ...known(text.value)].slice(0, shownMost)
  const close = () => (overlay.value = null)
  const take = (choice: Choice | undefined) => {
    if (!choice) return
    close()
    choice.act()
  }
  const hear = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (by !== 0) at.value = (at.value + by + choices.length) % Math.max(1, choices.length)
    else if (event.key === 'Enter') take(choices[at.value])
    else return
    event.preventDefault()
  }
  const type = (typed: string) => {
    text.value = typed
    at.value = 0
  }
  return (
    <Dialog title="Find anything" close={close} class="palette" bare>
      <input
        class="input"
        role="combobox"
        aria-label="Find screens, monitors and deeds"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={choices.length > 0 ? `${id}-${at.value}` : undefined}
        autoFocus
        autoComplete="off"
        spellcheck={false}
        placeholder="Find screens, monitors, deeds"
        value={text.value}
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={hear}
      />
      <Choices id={id} choices={choices} at={at.value} take={take} />
      {choices.length === 0 && <p class="notice">Nothing is called that.</p>}
    </Dialog>
  )
}

interface ChoicesProps {
  readonly id: string
  readonly choices: readonly Choice[]
  readonly at: number
  readonly take: (choice: Choice) => void
}

const Choices = ({ id, choices, at, take }: ChoicesProps) => (
  <ul role="listbox" id={`${id}-list`} aria-label="What was found">
    {choices.map((choice, index) => (
      <li key={choice.id} id={`${id}-${index}`} role="option" aria-selected={index === at} onClick={() => take(choice)}>
        {choice.status !== null && <Shape status={choice.status} />}
        <span class="cut">{choice.words}</span>
        <span class="muted small">{choice.aside}</span>
      </li>
    ))}
  </ul>
)
