// One field of a generated form, whatever its schema is; groups hold further ones.
// Promises a label, help and what is wrong for each, and that what is inherited is greyed and says from where.
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import type { Fault } from '../api/client.ts'
import { isMap, type Path, read } from './entry.ts'
import { Either } from './either.tsx'
import { JsonInput, ListInput, NamesInput } from './many.tsx'
import { defaultWord, type Field, fieldWord, nodeOf, type Schema } from './model.ts'

export interface Hand {
  readonly entry: unknown
  readonly faults: readonly Fault[]
  readonly readOnly: boolean
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
  return faults.some((fault) => fault.path === text || fault.path.startsWith(`${text}.`) || fault.path.startsWith(`${text}[`))
}

export function NodeField({ hand, field, path }: NodeProps) {
  const node = nodeOf(field.schema)
  switch (node.is) {
    case 'group':
      return <Group hand={hand} field={field} path={path} fields={node.fields} />
    case 'either':
      return <Either hand={hand} field={field} path={path} ways={node.ways} />
    case 'list':
      return <ListInput hand={hand} field={field} path={path} item={node.item} single={node.single} />
    case 'names':
      return <NamesInput hand={hand} field={field} path={path} />
    case 'json':
      return <JsonInput hand={hand} field={field} path={path} />
    case 'flag':
    case 'select':
    case 'text':
    case 'number':
      return <Simple hand={hand} field={field} path={path} />
  }
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

const Simple = (props: NodeProps) => (
  <FieldFrame {...props}>
    {(ids) => <Input {...props} schema={props.field.schema} {...ids} />}
  </FieldFrame>
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

function Group({ hand, field, path, fields }: NodeProps & { readonly fields: readonly Field[] }) {
  const value = read(hand.entry, path)
  const used = isMap(value) && Object.keys(value).length > 0
  const wrong = faultAt(hand, path)
  return (
    <details class="fold" open={used || field.required || isFaulty(hand, path)}>
      <summary>{fieldWord(field)}</summary>
      <div class="body stack">
        {field.schema.description !== undefined && <p class="help">{field.schema.description}</p>}
        {wrong !== undefined && <p class="wrong">{wrong}</p>}
        {fields.map((one) => (
          <NodeField key={one.name} hand={hand} field={one} path={[...path, one.name]} />
        ))}
      </div>
    </details>
  )
}
