// Which monitors: all, some by key or pattern, some by label; said as short as a file would say it.
// Promises that whatever a selection says is kept while another part of it is changed.
import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { get } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { ListOf, Row } from '../api/types.ts'
import { read } from './entry.ts'
import { faultAt, type Hand, type NodeProps, pathText, Wrong } from './input.tsx'
import { isMap } from './model.ts'
import { RemoveButton } from './list.tsx'
import { Matches } from './matches.tsx'
import { NamesInput } from './names.tsx'
import { fieldWord } from './words.ts'

const waysOf = { all: 'All', keys: 'By key', labels: 'By label', both: 'Both' } as const
type Way = keyof typeof waysOf

interface Selection {
  readonly keys: readonly string[]
  readonly labels: Readonly<Record<string, unknown>>
}

/** A selection as it is written, taken apart. */
export function selectionOf(value: unknown): Selection {
  const keys = (one: unknown) => (one === undefined ? [] : [one].flat().map(String))
  if (!isMap(value)) return { keys: keys(value), labels: {} }
  return { keys: keys(value['keys']), labels: isMap(value['labels']) ? value['labels'] : {} }
}

/** As short as it can be said; undefined: nothing is chosen. */
export function writtenSelection({ keys, labels }: Selection): unknown {
  const one = keys.length === 1 ? keys[0] : keys
  const labelled = Object.keys(labels).length > 0
  if (!labelled) return keys.length === 0 ? undefined : one
  return keys.length === 0 ? { labels } : { keys: one, labels }
}

function wayFor(value: unknown): Way | null {
  if (value === undefined) return null
  const { keys, labels } = selectionOf(value)
  const labelled = Object.keys(labels).length > 0
  if (labelled) return keys.length > 0 ? 'both' : 'labels'
  return keys.length === 1 && keys[0] === '*' ? 'all' : 'keys'
}

export function MonitorsInput({ hand, field, path }: NodeProps) {
  const value = read(hand.entry, path)
  const way = useSignal(wayFor(value))
  const id = useId()
  const wrong = faultAt(hand, path)
  const chosen = selectionOf(value)
  const choose = (next: Way) => {
    way.value = next
    const keys = chosen.keys.filter((key) => key !== '*')
    hand.write(
      path,
      next === 'all'
        ? '*'
        : writtenSelection({
            keys: next === 'labels' ? [] : keys,
            labels: next === 'keys' ? {} : chosen.labels,
          }),
    )
  }
  const keep = (next: Partial<Selection>) => hand.write(path, writtenSelection({ ...chosen, ...next }))
  return (
    <fieldset class="field" aria-describedby={`${id}-help`}>
      <legend>
        {fieldWord(field)} {field.required && !hand.readOnly && <span class="help">needed</span>}
      </legend>
      <span class="segments" role="group" aria-label={`Which ${fieldWord(field).toLowerCase()}`}>
        {(Object.keys(waysOf) as Way[]).map((one) => (
          <button
            key={one}
            type="button"
            disabled={hand.readOnly}
            aria-pressed={way.value === one}
            onClick={() => choose(one)}
          >
            {waysOf[one]}
          </button>
        ))}
      </span>
      {(way.value === 'keys' || way.value === 'both') && (
        <Keys hand={hand} path={path} keys={chosen.keys} keep={(keys) => keep({ keys })} />
      )}
      {(way.value === 'labels' || way.value === 'both') && (
        <Labels hand={hand} labels={chosen.labels} keep={(labels) => keep({ labels })} />
      )}
      <Matches monitors={value} />
      {wrong !== undefined && <Wrong text={wrong} />}
      <p class="help" id={`${id}-help`}>
        {way.value === 'all'
          ? 'Whatever there is, and whatever is added.'
          : way.value === null
            ? 'All there are, or some by key or by label.'
            : 'In keys and in the values of labels * stands for anything, ? for one character.'}
      </p>
    </fieldset>
  )
}

interface KeysProps {
  readonly hand: Hand
  readonly path: NodeProps['path']
  readonly keys: readonly string[]
  readonly keep: (keys: readonly string[]) => void
}

/** Keys and patterns as chips, and a field for one more that knows what there is. */
function Keys({ hand, path, keys, keep }: KeysProps) {
  const typed = useSignal('')
  const id = useId()
  const found = useLoaded(typed.value.trim() === '' ? null : `suggest ${typed.value.trim()}`, (signal) =>
    get<ListOf<Row>>('/monitors', { search: typed.value.trim(), limit: 12, fields: 'short' }, signal),
  )
  const add = (text: string) => {
    const added = text.split(/[\s,]+/).filter((one) => one !== '' && !keys.includes(one))
    typed.value = ''
    if (added.length > 0) keep([...keys, ...added])
  }
  const wrong = hand.faults.find(
    (fault) => fault.path.startsWith(`${pathText(path)}[`) || fault.path.startsWith(`${pathText(path)}.keys`),
  )
  return (
    <div class="stack tight">
      {keys.length > 0 && (
        <ul class="picks" aria-label="Chosen">
          {keys.map((key) => (
            <li key={key}>
              <code>{key}</code>
              {!hand.readOnly && <RemoveButton what={key} act={() => keep(keys.filter((one) => one !== key))} />}
            </li>
          ))}
        </ul>
      )}
      {!hand.readOnly && (
        <>
          <input
            class="input mono"
            aria-label="Key or pattern of a monitor"
            placeholder="web-shop or shop-*, then Enter"
            list={`${id}-found`}
            autoComplete="off"
            spellcheck={false}
            value={typed.value}
            onInput={({ currentTarget: { value } }) => {
              typed.value = value
              // What was chosen from the list is whole.
              if (found.now()?.items.some(({ key }) => key === value)) add(value)
            }}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return
              event.preventDefault()
              add(typed.value)
            }}
            onBlur={() => add(typed.value)}
          />
          <datalist id={`${id}-found`}>
            {found.value?.items.map(({ key, name }) => (
              <option key={key} value={key}>
                {name}
              </option>
            ))}
          </datalist>
        </>
      )}
      {wrong !== undefined && <Wrong text={wrong.message} />}
    </div>
  )
}

interface LabelsProps {
  readonly hand: Hand
  readonly labels: Readonly<Record<string, unknown>>
  readonly keep: (labels: Readonly<Record<string, unknown>>) => void
}

const labelItem = { type: 'string', examples: ['shop'] } as const

function Labels({ hand, labels, keep }: LabelsProps) {
  const own: Hand = {
    ...hand,
    entry: { labels },
    write: (_path, next) => keep(isMap(next) ? next : {}),
    derived: () => undefined,
  }
  const schema = { type: 'object', additionalProperties: labelItem }
  return (
    <NamesInput hand={own} path={['labels']} item={labelItem} field={{ name: 'labels', schema, required: false }} />
  )
}
