// What fields of generated forms have in common: the object under hand, label, help and fault, and plain values.
// Promises that what is inherited is greyed and says from where, and that an empty field is a setting left out.
import type { ComponentChildren, ComponentType } from 'preact'
import { useId } from 'preact/hooks'
import type { Fault } from '../api/client.ts'
import { Told } from '../parts/text.tsx'
import { type Path, read } from './entry.ts'
import { type Field, nodeOf, type Schema } from './model.ts'
import { fieldWord, choiceWord, valueWord } from './words.ts'

/** What counts where nothing is said, and why it does. */
export interface Inherited {
  readonly word: string
  readonly source: string
}

export interface Hand {
  readonly entry: unknown
  readonly faults: readonly Fault[]
  readonly readOnly: boolean
  /** Shows a field within, whatever it is. */
  readonly Node: ComponentType<NodeProps>
  write(path: Path, value: unknown): void
  /** What the server works out for settings that were left alone; undefined: nothing is known of it. */
  derived(path: Path): Inherited | undefined
}

export interface NodeProps {
  readonly hand: Hand
  readonly field: Field
  readonly path: Path
}

/** A path as the server writes it where something is wrong. */
export const pathText = (path: Path): string =>
  path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`
      if (!/^[\w-]+$/.test(part)) return `[${JSON.stringify(part.slice(0, 80))}]`
      return index === 0 ? part : `.${part}`
    })
    .join('')

/** What is said to be wrong right here. */
export const faultAt = ({ faults }: Hand, path: Path): string | undefined =>
  faults.find((fault) => fault.path === pathText(path))?.message

/** Whether something is said to be wrong here or further in. */
export const isFaulty = ({ faults }: Hand, path: Path): boolean => {
  const text = pathText(path)
  return faults.some(
    (fault) => fault.path === text || fault.path.startsWith(`${text}.`) || fault.path.startsWith(`${text}[`),
  )
}

export function inheritedAt(hand: Hand, path: Path, schema: Schema): Inherited | null {
  const word = valueWord(schema.default)
  return hand.derived(path) ?? (word === null ? null : { word, source: 'default' })
}

/** Whether a field takes half of the line: what is short where it is written. */
export function isShort({ schema }: Field): boolean {
  const node = nodeOf(schema)
  if (node.is === 'text') return schema['x-input'] === 'duration' || node.numeric || node.words.length > 0
  return node.is === 'number' || node.is === 'select' || node.is === 'flag'
}

/** A choice says by itself what counts where nothing is chosen. */
const isChosen = (schema: Schema) => ['select', 'flag'].includes(nodeOf(schema).is)

interface FrameProps {
  readonly hand: Hand
  readonly field: Field
  readonly path: Path
  readonly children: (ids: { readonly id: string; readonly told: string; readonly bad: boolean }) => ComponentChildren
}

/** Label, help and fault around whatever takes the value. */
export function FieldFrame({ hand, field, path, children }: FrameProps) {
  const id = useId()
  const wrong = faultAt(hand, path)
  const value = read(hand.entry, path)
  const inherited = value === undefined ? inheritedAt(hand, path, field.schema) : null
  return (
    <div class={`field ${isShort(field) ? 'short' : ''}`}>
      <span class="label-row">
        <label htmlFor={id}>{fieldWord(field)}</label>
        {field.required && !hand.readOnly && <span class="help">needed</span>}
        {inherited !== null && !field.required && !isChosen(field.schema) && (
          <span class="help">
            {inherited.source}: {inherited.word}
          </span>
        )}
      </span>
      {children({ id, told: `${id}-help`, bad: wrong !== undefined })}
      {wrong !== undefined && <Wrong text={wrong} />}
      <p class="help" id={`${id}-help`}>
        <Told text={field.schema.description} />
        {typeof value === 'string' && value.includes('***') && (
          <>
            {' '}
            <code>***</code> stands for what is stored; leave it, and that is kept.
          </>
        )}
      </p>
    </div>
  )
}

export const Wrong = ({ text }: { readonly text: string }) => (
  <p class="wrong">
    <span aria-hidden="true">✕ </span>
    {text}
  </p>
)

interface InputProps {
  readonly hand: Hand
  readonly path: Path
  readonly schema: Schema
  readonly id: string
  readonly told?: string
  readonly bad?: boolean
  readonly label?: string
}

const unset = '\u0000'

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** What takes one plain value. An empty field is a setting left out. */
export function Input(props: InputProps) {
  const { hand, path, schema, id, told, bad = false, label } = props
  const node = nodeOf(schema)
  const value = read(hand.entry, path)
  const common = { id, class: 'input', 'aria-describedby': told, 'aria-invalid': bad, 'aria-label': label } as const
  if (node.is === 'select' || node.is === 'flag') return <Choice {...props} common={common} />
  const inherited = inheritedAt(hand, path, schema)
  const text = value === undefined ? '' : textOf(value)
  const example = node.is === 'text' ? (node.example ?? node.words[0] ?? null) : null
  const shared = {
    ...common,
    spellcheck: false,
    readOnly: hand.readOnly,
    placeholder: hand.readOnly
      ? (inherited?.word ?? '')
      : (inherited?.word ?? (example === null ? '' : `e.g. ${example}`)),
    value: text,
    onInput: ({ currentTarget }: { readonly currentTarget: { readonly value: string } }) =>
      hand.write(path, currentTarget.value === '' ? undefined : valueOf(currentTarget.value, schema)),
    onBlur: () => {
      if (typeof value === 'string' && isNumeric(value, schema)) hand.write(path, Number(value))
    },
  }
  if (node.is === 'text' && (node.long || text.includes('\n'))) return <textarea {...shared} rows={node.long ? 2 : 3} />
  const words = node.is === 'text' ? node.words : []
  return (
    <>
      <input
        {...shared}
        type="text"
        inputMode={node.is === 'number' ? 'decimal' : undefined}
        autoComplete="off"
        list={words.length > 0 ? `${id}-words` : undefined}
      />
      {words.length > 0 && (
        <datalist id={`${id}-words`}>
          {words.map((word) => (
            <option key={word} value={word} />
          ))}
        </datalist>
      )}
    </>
  )
}

function Choice({ hand, path, schema, common }: InputProps & { readonly common: object }) {
  const node = nodeOf(schema)
  const value = read(hand.entry, path)
  const values = node.is === 'select' ? node.values : [true, false]
  const inherited = inheritedAt(hand, path, schema)
  return (
    <select
      {...common}
      disabled={hand.readOnly}
      value={value === undefined ? unset : textOf(value)}
      onChange={(event) => {
        const chosen = event.currentTarget.value
        hand.write(
          path,
          values.find((one) => String(one) === chosen),
        )
      }}
    >
      <option value={unset}>{inherited === null ? '–' : `${choiceWord(inherited.word)} (${inherited.source})`}</option>
      {values.map((one) => (
        <option key={String(one)} value={String(one)}>
          {choiceWord(one)}
        </option>
      ))}
    </select>
  )
}

const isNumeric = (typed: string, schema: Schema): boolean => {
  const node = nodeOf(schema)
  return /^-?\d{1,15}(?:\.\d{1,15})?$/.test(typed) && (node.is === 'number' || (node.is === 'text' && node.numeric))
}

/**
 * What was typed, as the schema wants it; what does not fit is sent as typed, and the server says what is wrong.
 * `1.0` stays text while one writes on: as a number its end would be lost.
 */
function valueOf(typed: string, schema: Schema): unknown {
  return isNumeric(typed, schema) && String(Number(typed)) === typed ? Number(typed) : typed
}
