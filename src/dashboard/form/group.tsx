// Settings that belong together: what is needed or set is shown, each of the others a press away.
import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import { Told } from '../parts/text.tsx'
import { read } from './entry.ts'
import { Fold } from './fold.tsx'
import { faultAt, isFaulty, type NodeProps, Wrong } from './input.tsx'
import { type Field, isMap, nodeOf } from './model.ts'
import { briefly, fieldWord } from './words.ts'

interface FieldsProps extends Omit<NodeProps, 'field'> {
  readonly fields: readonly Field[]
}

/** What a thing is called and what it is about is wanted, needed or not. */
const isWhatItIs = ({ name, schema }: Field) => name === 'name' || nodeOf(schema).is === 'monitors'

/** So few are all shown. */
const fewMost = 3

export function GroupFields({ hand, fields, path }: FieldsProps) {
  const id = useId()
  const wanted = useSignal<readonly string[]>([])
  const pathOf = ({ name }: Field) => [...path, name]
  const isShown = (field: Field) =>
    fields.length <= fewMost ||
    field.required ||
    isWhatItIs(field) ||
    wanted.value.includes(field.name) ||
    read(hand.entry, pathOf(field)) !== undefined ||
    isFaulty(hand, pathOf(field))
  const shown = fields.filter(isShown)
  const others = hand.readOnly ? [] : fields.filter((one) => !isShown(one))
  const open = ({ name }: Field) => {
    wanted.value = [...wanted.value, name]
    // What was asked for is what one writes into next.
    requestAnimationFrame(() => {
      const cell = document.querySelector(`[data-field="${CSS.escape(`${id} ${name}`)}"]`)
      cell?.querySelector('details')?.setAttribute('open', '')
      cell?.querySelector<HTMLElement>('.input, button')?.focus()
    })
  }
  return (
    <div class="fields">
      {shown.map((field) => (
        <div key={field.name} class="cell" data-field={`${id} ${field.name}`}>
          <hand.Node hand={hand} field={field} path={pathOf(field)} />
        </div>
      ))}
      {others.length > 0 && (
        <div class="adds" role="group" aria-label="Further settings">
          {others.map((field) => (
            <button
              key={field.name}
              type="button"
              class="button tiny"
              title={field.schema.description}
              onClick={() => open(field)}
            >
              + {fieldWord(field)}
            </button>
          ))}
        </div>
      )}
    </div>
  )
}

/** A group within others: folded while nothing of it is set. */
export function Group({ hand, field, path, fields }: NodeProps & { readonly fields: readonly Field[] }) {
  const value = read(hand.entry, path)
  const used = isMap(value) && Object.keys(value).length > 0
  const wrong = faultAt(hand, path)
  return (
    <Fold title={fieldWord(field)} brief={briefly(value)} open={used || field.required || isFaulty(hand, path)}>
      {field.schema.description !== undefined && (
        <p class="help">
          <Told text={field.schema.description} />
        </p>
      )}
      {wrong !== undefined && <Wrong text={wrong} />}
      <GroupFields hand={hand} fields={fields} path={path} />
    </Fold>
  )
}
