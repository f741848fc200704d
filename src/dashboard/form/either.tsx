// A setting that can be said in several ways: choose one, then say it.
import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { Told } from '../parts/text.tsx'
import { read } from './entry.ts'
import { GroupFields } from './group.tsx'
import { faultAt, Input, inheritedAt, type NodeProps, Wrong } from './input.tsx'
import { nodeOf, type Schema, wayOf } from './model.ts'
import { fieldWord, choiceWord, wayWord } from './words.ts'

export function Either({ hand, field, path, ways }: NodeProps & { readonly ways: readonly Schema[] }) {
  const value = read(hand.entry, path)
  const chosen = useSignal(value === undefined ? -1 : wayOf(ways, value))
  const id = useId()
  const way = ways[chosen.value]
  const inherited = inheritedAt(hand, path, field.schema)
  const wrong = faultAt(hand, path)
  const choose = (index: number) => {
    chosen.value = index
    const next = ways[index]
    const node = next === undefined ? null : nodeOf(next)
    hand.write(path, node?.is === 'select' ? node.values[0] : undefined)
  }
  return (
    <div class="field">
      <span class="label-row">
        <label htmlFor={id}>{fieldWord(field)}</label>
        {field.required && !hand.readOnly && <span class="help">needed</span>}
      </span>
      <select
        id={id}
        class="input way"
        value={String(chosen.value)}
        disabled={hand.readOnly}
        aria-describedby={`${id}-help`}
        onChange={(event) => choose(Number(event.currentTarget.value))}
      >
        <option value="-1">{inherited === null ? '–' : `${choiceWord(inherited.word)} (${inherited.source})`}</option>
        {ways.map((one, index) => (
          <option key={index} value={String(index)}>
            {wayWord(one)}
          </option>
        ))}
      </select>
      {way && (
        <Way
          key={chosen.value}
          hand={hand}
          path={path}
          field={{ name: fieldWord(field), schema: way, required: true }}
        />
      )}
      {wrong !== undefined && <Wrong text={wrong} />}
      <p class="help" id={`${id}-help`}>
        <Told text={field.schema.description} />
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
      <div class="item">
        <GroupFields hand={hand} fields={node.fields} path={path} />
      </div>
    )
  if (node.is === 'text' || node.is === 'number' || node.is === 'select')
    return <Input hand={hand} path={path} schema={field.schema} id={id} label={field.name} />
  return <hand.Node hand={hand} field={field} path={path} />
}
