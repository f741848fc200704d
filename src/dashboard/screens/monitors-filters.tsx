// Narrowing the list: search, states with their numbers, kind, label, owner; what is chosen stands in the address.
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { View } from '../api/board.ts'
import type { MonitorList, ShownStatus } from '../api/types.ts'
import { clock } from '../clock.ts'
import { Shape } from '../parts/shape.tsx'
import { place, setQuery } from '../router.ts'
import { keys } from '../settings.ts'
import { ownerWord, statusWord } from '../words.ts'

const order: readonly ShownStatus[] = ['down', 'degraded', 'unknown', 'up', 'paused']
type CountsOf = MonitorList['counts']

interface FiltersProps {
  readonly view: View
  readonly counts: CountsOf
}

export const Filters = ({ view, counts }: FiltersProps) => (
  <div class="filters" role="search">
    <Search />
    <Statuses view={view} counts={counts} />
  </div>
)

/** What narrows the list beside words and states, and what is chosen of it. */
export const Choices = ({ view, counts }: FiltersProps) => (
  <>
    <LabelChoice counts={counts?.label} chosen={view.label} />
    <Choice name="kind" title="Kind" counts={counts?.kind} chosen={view.kind} />
    <Choice name="owner" title="Owner" counts={counts?.owner} chosen={view.owner} word={ownerWord} />
    <Chosen view={view} />
  </>
)

const typingMs = 120

/** Whether anybody is likely to press single keys here. */
const hasKeys = () => keys.value === 'on' && !window.matchMedia('(pointer: coarse)').matches

function Search() {
  const text = useSignal(place.value.query.get('search') ?? '')
  const typed = useRef<(() => void) | null>(null)
  const there = place.value.query.get('search') ?? ''
  useEffect(() => {
    if (document.activeElement?.id !== 'search') text.value = there
  }, [there])
  // What was not sent yet would change the address of another screen.
  useEffect(() => () => typed.current?.(), [])
  const type = (next: string) => {
    text.value = next
    typed.current?.()
    typed.current = clock.after(typingMs, () => setQuery({ search: next.trim(), page: null }, { replace: true }))
  }
  return (
    <div class="search">
      <label class="hidden" htmlFor="search">
        Search monitors
      </label>
      <input
        id="search"
        class="input"
        type="search"
        placeholder={hasKeys() ? 'Search (press /)' : 'Search'}
        value={text.value}
        maxLength={200}
        onInput={(event) => type(event.currentTarget.value)}
      />
    </div>
  )
}

function Statuses({ view, counts }: { readonly view: View; readonly counts: CountsOf }) {
  const toggle = (status: string) => {
    const chosen = view.status.includes(status)
    setQuery({ status: chosen ? view.status.filter((one) => one !== status) : [...view.status, status], page: null })
  }
  return (
    <div class="statuses" role="group" aria-label="States">
      {order.map((status) => (
        <button
          key={status}
          type="button"
          class="button"
          aria-pressed={view.status.includes(status)}
          onClick={() => toggle(status)}
        >
          <Shape status={status} />
          {statusWord[status]}
          <span class="muted number">{(counts?.status[status] ?? 0).toLocaleString('en')}</span>
        </button>
      ))}
    </div>
  )
}

interface ChoiceProps {
  readonly name: 'kind' | 'owner'
  readonly title: string
  readonly counts: Readonly<Record<string, number>> | undefined
  readonly chosen: readonly string[]
  readonly word?: (value: string) => string
}

function Choice({ name, title, counts = {}, chosen, word = (value) => value }: ChoiceProps) {
  const values = Object.keys(counts).sort()
  if (values.length < 2 && chosen.length === 0) return null
  return (
    <select
      class="input"
      aria-label={title}
      value=""
      onChange={(event) => setQuery({ [name]: [...chosen, event.currentTarget.value], page: null })}
    >
      <option value="">{title}</option>
      {values
        .filter((value) => !chosen.includes(value))
        .map((value) => (
          <option key={value} value={value}>
            {word(value)} ({counts[value]})
          </option>
        ))}
    </select>
  )
}

interface LabelProps {
  readonly counts: NonNullable<CountsOf>['label'] | undefined
  readonly chosen: readonly string[]
}

function LabelChoice({ counts = {}, chosen }: LabelProps) {
  const names = Object.keys(counts).sort()
  if (names.length === 0) return null
  return (
    <select
      class="input"
      aria-label="Label"
      value=""
      onChange={(event) => setQuery({ label: [...chosen, event.currentTarget.value], page: null })}
    >
      <option value="">Label</option>
      {names.map((name) => (
        <optgroup key={name} label={name}>
          {Object.entries(counts[name] ?? {}).map(([value, number]) => (
            <option key={value} value={`${name}:${value}`}>
              {value} ({number})
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  )
}

/** What is chosen beside states and words, to be taken away again. */
function Chosen({ view }: { readonly view: View }) {
  const chosen = (['kind', 'label', 'owner'] as const).flatMap((name) =>
    view[name].map((value) => ({ name, value, word: name === 'owner' ? ownerWord(value) : value })),
  )
  if (chosen.length === 0) return null
  return (
    <ul class="chosen">
      {chosen.map(({ name, value, word }) => (
        <li key={`${name} ${value}`}>
          <button
            type="button"
            class="button tiny"
            onClick={() => setQuery({ [name]: view[name].filter((one) => one !== value), page: null })}
          >
            {name}: {word} <span aria-hidden="true">×</span>
            <span class="hidden">, take this filter away</span>
          </button>
        </li>
      ))}
    </ul>
  )
}
