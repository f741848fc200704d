// Settings by name: labels and headers as text, and names that have settings of their own.
// Promises that a name that is being written is not lost while it is the same as another.
import { useSignal } from '@preact/signals'
import { useId, useRef } from 'preact/hooks'
import { read, write } from './entry.ts'
import { faultAt, type Hand, Input, type NodeProps, pathText, Wrong } from './input.tsx'
import { Many, RemoveButton } from './list.tsx'
import { isMap, nodeOf, type Schema } from './model.ts'
import { fieldWord, oneOf } from './words.ts'

interface Row {
  readonly id: number
  readonly name: string
  readonly value: unknown
}

export function NamesInput(props: NodeProps & { readonly item: Schema }) {
  const { hand, field, path, item } = props
  const stored = read(hand.entry, path)
  const last = useRef(0)
  const row = (name: string, value: unknown): Row => ({ id: (last.current += 1), name, value })
  const rows = useSignal<readonly Row[]>(
    isMap(stored) ? Object.entries(stored).map(([name, value]) => row(name, value)) : [],
  )
  const keep = (next: readonly Row[]) => {
    rows.value = next
    const named = next.filter(({ name }) => name !== '')
    hand.write(
      path,
      named.length === 0 ? undefined : Object.fromEntries(named.map(({ name, value }) => [name, value ?? ''])),
    )
  }
  const set = (changed: Row) => keep(rows.value.map((one) => (one.id === changed.id ? changed : one)))
  const word = oneOf(fieldWord(field))
  const isText = nodeOf(item).is === 'text'
  return (
    <Many {...props}>
      {rows.value.map((one, place) => (
        <div key={one.id} class={isText ? 'named' : 'item'}>
          <input
            class="input"
            aria-label={`Name of ${word} ${place + 1}`}
            placeholder="Name"
            value={one.name}
            readOnly={hand.readOnly}
            spellcheck={false}
            onInput={(event) => set({ ...one, name: event.currentTarget.value })}
          />
          <RowValue {...props} row={one} word={`${word} ${place + 1}`} set={(value) => set({ ...one, value })} />
          {!hand.readOnly && (
            <RemoveButton
              what={one.name || `${word} ${place + 1}`}
              act={() => keep(rows.value.filter(({ id }) => id !== one.id))}
            />
          )}
          {isText && one.name !== '' && faultAt(hand, [...path, one.name]) !== undefined && (
            <Wrong text={faultAt(hand, [...path, one.name]) ?? ''} />
          )}
        </div>
      ))}
      {!hand.readOnly && (
        <div>
          <button type="button" class="button tiny" onClick={() => keep([...rows.value, row('', undefined)])}>
            + {word}
          </button>
        </div>
      )}
    </Many>
  )
}

interface ValueProps extends NodeProps {
  readonly item: Schema
  readonly row: Row
  readonly word: string
  readonly set: (value: unknown) => void
}

function RowValue({ hand, item, path, row, word, set }: ValueProps) {
  const id = useId()
  const isText = nodeOf(item).is === 'text'
  const above = pathText([...path, row.name])
  // The row alone is what is written to: its name may still be in the making.
  const own: Hand = {
    ...hand,
    entry: { value: row.value },
    faults: hand.faults
      .filter((fault) => row.name !== '' && fault.path.startsWith(above))
      .map((fault) => ({ ...fault, path: `value${fault.path.slice(above.length)}` })),
    write: (at, next) => set(read(write({ value: row.value }, at, next), ['value'])),
    derived: () => undefined,
  }
  if (isText) return <Input hand={own} path={['value']} schema={item} id={id} label={`Value of ${word}`} />
  return <hand.Node hand={own} field={{ name: 'value', schema: item, required: true }} path={['value']} />
}
