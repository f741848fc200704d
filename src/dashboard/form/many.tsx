// Settings of many: lists, names with values, and what is written as JSON.
import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { isMap, read } from './entry.ts'
import { fieldWord, nodeOf, type Schema } from './model.ts'
import { faultAt, FieldFrame, type Hand, Input, type NodeProps } from './input.tsx'

interface ListProps extends NodeProps {
  readonly item: Schema
  readonly single: boolean
}

const plainNodes = new Set(['text', 'number', 'select', 'flag'])

export function ListInput({ hand, field, path, item, single }: ListProps) {
  const id = useId()
  const value = read(hand.entry, path)
  const items: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value]
  const plain = plainNodes.has(nodeOf(item).is)
  const wrong = faultAt(hand, path)
  // One alone stands without its brackets where that is allowed.
  const keep = (next: readonly unknown[]) =>
    hand.write(path, next.length === 0 ? undefined : single && next.length === 1 && plain ? next[0] : next)
  const word = fieldWord(field)
  return (
    <fieldset class="field" aria-describedby={`${id}-help`}>
      <legend class="label">
        {word}
        {field.required && <span class="muted"> (needed)</span>}
      </legend>
      {items.map((_, index) => (
        <div key={index} class="listed">
          {plain ? (
            <PlainItem hand={hand} item={item} items={items} index={index} keep={keep} label={`${word} ${index + 1}`} />
          ) : (
            <div class="group">
              <hand.Node
                hand={hand}
                field={{ name: `${word} ${index + 1}`, schema: item, required: true }}
                path={[...path, index]}
              />
            </div>
          )}
          {!hand.readOnly && (
            <button
              type="button"
              class="button"
              aria-label={`Remove ${word} ${index + 1}`}
              onClick={() => keep(items.filter((_one, at) => at !== index))}
            >
              Remove
            </button>
          )}
          {faultAt(hand, [...path, index]) !== undefined && <p class="wrong">{faultAt(hand, [...path, index])}</p>}
        </div>
      ))}
      {!hand.readOnly && (
        <div>
          <button type="button" class="button" onClick={() => hand.write(path, [...items, plain ? '' : {}])}>
            Add{items.length > 0 ? ' another' : ''}
          </button>
        </div>
      )}
      {wrong !== undefined && <p class="wrong">{wrong}</p>}
      <p class="help" id={`${id}-help`}>
        {field.schema.description}
      </p>
    </fieldset>
  )
}

interface PlainProps {
  readonly hand: Hand
  readonly item: Schema
  readonly items: readonly unknown[]
  readonly index: number
  readonly keep: (items: readonly unknown[]) => void
  readonly label: string
}

function PlainItem({ hand, item, items, index, keep, label }: PlainProps) {
  const id = useId()
  const write = (_path: unknown, next: unknown) => keep(items.map((one, at) => (at === index ? (next ?? '') : one)))
  return <Input hand={{ ...hand, entry: items, write }} path={[index]} schema={item} id={id} label={label} />
}

/** Names with values, such as labels and headers. */
export function NamesInput({ hand, field, path }: NodeProps) {
  const id = useId()
  const value = read(hand.entry, path)
  const rows = useSignal<readonly (readonly [string, string])[]>(
    isMap(value) ? Object.entries(value).map(([name, one]) => [name, String(one)] as const) : [],
  )
  const keep = (next: readonly (readonly [string, string])[]) => {
    rows.value = next
    const named = next.filter(([name]) => name !== '')
    hand.write(path, named.length === 0 ? undefined : Object.fromEntries(named))
  }
  const set = (index: number, row: readonly [string, string]) =>
    keep(rows.value.map((one, place) => (place === index ? row : one)))
  const wrong = faultAt(hand, path)
  return (
    <fieldset class="field" aria-describedby={`${id}-help`}>
      <legend class="label">{fieldWord(field)}</legend>
      {rows.value.map(([name, text], index) => (
        <div key={index} class="named">
          <input
            class="input"
            aria-label={`Name ${index + 1} of ${fieldWord(field)}`}
            placeholder="Name"
            value={name}
            readOnly={hand.readOnly}
            spellcheck={false}
            onInput={(event) => set(index, [event.currentTarget.value, text])}
          />
          <input
            class="input"
            aria-label={`Value ${index + 1} of ${fieldWord(field)}`}
            placeholder="Value"
            value={text}
            readOnly={hand.readOnly}
            spellcheck={false}
            onInput={(event) => set(index, [name, event.currentTarget.value])}
          />
          {!hand.readOnly && (
            <button
              type="button"
              class="button"
              aria-label={`Remove ${name || `row ${index + 1}`}`}
              onClick={() => keep(rows.value.filter((_one, place) => place !== index))}
            >
              Remove
            </button>
          )}
          {name !== '' && faultAt(hand, [...path, name]) !== undefined && (
            <p class="wrong">{faultAt(hand, [...path, name])}</p>
          )}
        </div>
      ))}
      {!hand.readOnly && (
        <div>
          <button type="button" class="button" onClick={() => keep([...rows.value, ['', '']])}>
            Add{rows.value.length > 0 ? ' another' : ''}
          </button>
        </div>
      )}
      {wrong !== undefined && <p class="wrong">{wrong}</p>}
      <p class="help" id={`${id}-help`}>
        {field.schema.description}
      </p>
    </fieldset>
  )
}

/** What has no field of its own. Text that is no JSON is text. */
export const JsonInput = (props: NodeProps) => {
  const { hand, path } = props
  const value = read(hand.entry, path)
  const text = useSignal(value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value, null, 2))
  return (
    <FieldFrame {...props}>
      {({ id, told, bad }) => (
        <textarea
          id={id}
          class="input mono"
          rows={3}
          spellcheck={false}
          readOnly={hand.readOnly}
          aria-describedby={told}
          aria-invalid={bad}
          placeholder="Text, or JSON"
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value
            hand.write(path, text.value === '' ? undefined : parsed(text.value))
          }}
        />
      )}
    </FieldFrame>
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
