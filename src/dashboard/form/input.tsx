// What fields of generated forms have in common: the object under hand, label, help and fault, and plain values.
// Promises that what is inherited is greyed and says from where, and that an empty field is a setting left out.
import type { ComponentChildren, ComponentType } from 'preact'
import { useId } from 'preact/hooks'
import type { Fault } from '../api/client.ts'
import { type Path, read } from './entry.ts'
import { defaultWord, type Field, fieldWord, nodeOf, type Schema } from './model.ts'

export interface Hand {
  readonly entry: unknown
  readonly faults: readonly Fault[]
  readonly readOnly: boolean
  /** Shows a field within, whatever it is. */
  readonly Node: ComponentType<NodeProps>
  write(path: Path, value: unknown): void
}

export interface NodeProps {
  readonly hand: Hand
  readonly field: Field
  readonly path: Path
}

export const pathText = (path: Path): string =>
  path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('')

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
  const inherited = read(hand.entry, path) === undefined ? defaultWord(field.schema) : null
  return (
    <div class="field">
      <label htmlFor={id}>
        {fieldWord(field)}
        {field.required && <span class="muted"> (needed)</span>}
      </label>
      {children({ id, told: `${id}-help`, bad: wrong !== undefined })}
      {wrong !== undefined && <p class="wrong">{wrong}</p>}
      <p class="help" id={`${id}-help`}>
        {field.schema.description}
        {inherited !== null && <> Now {inherited}, the default.</>}
      </p>
    </div>
  )
}

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

/** What takes one plain value. An empty field is a setting left out. */
export function Input({ hand, path, schema, id, told, bad = false, label }: InputProps) {
  const node = nodeOf(schema)
  const value = read(hand.entry, path)
  const common = { id, class: 'input', 'aria-describedby': told, 'aria-invalid': bad, 'aria-label': label } as const
  const inherited = defaultWord(schema)
  if (node.is === 'select' || node.is === 'flag') {
    const values = node.is === 'flag' ? [true, false] : node.values
    const word = (one: unknown) => (one === true ? 'yes' : one === false ? 'no' : String(one))
    return (
      <select
        {...common}
        disabled={hand.readOnly}
        value={value === undefined ? unset : word(value)}
        onChange={(event) => {
          const chosen = event.currentTarget.value
          hand.write(
            path,
            values.find((one) => word(one) === chosen),
          )
        }}
      >
        <option value={unset}>{inherited === null ? 'Not said' : `${inherited} (default)`}</option>
        {values.map((one) => (
          <option key={word(one)} value={word(one)}>
            {word(one)}
          </option>
        ))}
      </select>
    )
  }
  const text = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)
  const take = (typed: string) => hand.write(path, typed === '' ? undefined : valueOf(typed, schema))
  const hint = inherited ?? (node.is === 'text' ? (node.example?.split(', ')[0] ?? '') : '')
  if (node.is === 'text' && (node.long || text.includes('\n')))
    return (
      <textarea
        {...common}
        rows={3}
        spellcheck={false}
        readOnly={hand.readOnly}
        placeholder={hint}
        value={text}
        onInput={(event) => take(event.currentTarget.value)}
      />
    )
  return (
    <input
      {...common}
      type="text"
      inputMode={node.is === 'number' ? 'decimal' : undefined}
      spellcheck={false}
      autoComplete="off"
      readOnly={hand.readOnly}
      placeholder={hint}
      value={text}
      onInput={(event) => take(event.currentTarget.value)}
    />
  )
}

/** What was typed, as the schema wants it; what does not fit is sent as typed, and the server says what is wrong. */
function valueOf(typed: string, schema: Schema): unknown {
  const { is } = nodeOf(schema)
  const isNumber = /^-?\d+(?:\.\d+)?$/.test(typed)
  return is === 'number' && isNumber ? Number(typed) : typed
}
