// A setting that can be said in several ways: choose one, then say it.
import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { read } from './entry.ts'
import { defaultWord, fieldWord, nodeOf, type Schema, wayOf, wayWord } from './model.ts'
import { faultAt, Input, type NodeProps } from './input.tsx'

export function Either({ hand, field, path, ways }: NodeProps & { readonly ways: readonly Schema[] }) {
  const value = read(hand.entry, path)
  const chosen = useSignal(value === undefined ? -1 : wayOf(ways, value))
  const id = useId()
  const way = ways[chosen.value]
  const inherited = defaultWord(field.schema)
  const wrong = faultAt(hand, path)
  const choose = (index: number) => {
    chosen.value = index
    const next = ways[index]
    const node = next === undefined ? null : nodeOf(next)
    hand.write(path, node?.is === 'select' ? node.values[0] : node?.is === 'flag' ? true : undefined)
  }
  return (
    <div class="field">
      <label htmlFor={id}>{fieldWord(field)}</label>
      <select
        id={id}
        class="input"
        value={String(chosen.value)}
        disabled={hand.readOnly}
        aria-describedby={`${id}-help`}
        onChange={(event) => choose(Number(event.currentTarget.value))}
      >
        <option value="-1">{inherited === null ? 'Not said' : `${inherited} (default)`}</option>
        {ways.map((one, index) => (
          <option key={index} value={String(index)}>
            {wayWord(one)}
          </option>
        ))}
      </select>
      {way && (
        <div class="group">
          <Way hand={hand} path={path} field={{ name: fieldWord(field), schema: way, required: true }} />
        </div>
      )}
      {wrong !== undefined && <p class="wrong">{wrong}</p>}
      <p class="help" id={`${id}-help`}>
        {field.schema.description}
      </p>
    </div>
  )
}

function Way({ hand, field, path }: NodeProps) {
  const node = nodeOf(field.schema)
  const id = useId()
  // The choice itself has said it already.
  if (node.is === 'select' && node.values.length === 1) return null
  if (node.is === 'group')
    return (
      <>
        {node.fields.map((one) => (
          <hand.Node key={one.name} hand={hand} field={one} path={[...path, one.name]} />
        ))}
      </>
    )
  if (['text', 'number', 'select', 'flag'].includes(node.is))
    return <Input hand={hand} path={path} schema={field.schema} id={id} label={field.name} />
  return <hand.Node hand={hand} field={field} path={path} />
}
