// The form of an object, made from its schema: a few fields first, the rest folded. One for all kinds and types.
import { Fragment } from 'preact'
import { useId } from 'preact/hooks'
import type { Draft } from './hand.ts'
import { isName, kindIn, partsOf, type Path, type Placed, read } from './entry.ts'
import { Fold } from './fold.tsx'
import { isFaulty, isShort, Wrong } from './input.tsx'
import { type FormSpec, nodeOf } from './model.ts'
import { NodeField } from './node.tsx'
import { count } from '../words.ts'
import { fieldWord } from './words.ts'

interface ObjectFormProps {
  readonly draft: Draft
  readonly spec: FormSpec
  readonly readOnly: boolean
}

export function ObjectForm({ draft, spec, readOnly }: ObjectFormProps) {
  const kind = kindIn(spec, draft.entry.value)
  const hand = draft.hand(readOnly)
  const { first, folds } = partsOf(spec, kind?.kind ?? null)
  const isNew = draft.stored.value === null
  const isSet = (path: Path) => read(hand.entry, path) !== undefined
  return (
    <div class="form">
      {first.map((one) => (
        <Fragment key={one.path.join('.')}>
          <div class={isNew && isName(one) ? 'cell half' : 'cell'}>
            <NodeField hand={hand} {...one} />
          </div>
          {isNew && isName(one) && (
            <div class="cell half">
              <KeyField draft={draft} />
            </div>
          )}
        </Fragment>
      ))}
      {folds.map(({ title, fields }) => {
        const set = fields.filter(({ path }) => isSet(path))
        const brief =
          set.length > 0
            ? `${set.map(({ field }) => fieldWord(field)).join(', ')} set`
            : count(fields.length, 'setting')
        return (
          <Fold
            key={title}
            title={title}
            brief={brief}
            open={(!isNew && set.length > 0) || fields.some(({ path }) => isFaulty(hand, path))}
            class="form"
          >
            {inRows(fields).map((one) => (
              <div key={one.path.join('.')} class="cell">
                <NodeField hand={hand} {...one} />
              </div>
            ))}
          </Fold>
        )
      })}
    </div>
  )
}

/** What takes half a line first, what folds last: so that no line is left half empty. */
function inRows(fields: readonly Placed[]): readonly Placed[] {
  const rank = ({ field }: Placed) => (isShort(field) ? 0 : nodeOf(field.schema).is === 'group' ? 2 : 1)
  return fields.toSorted((one, other) => rank(one) - rank(other))
}

function KeyField({ draft }: { readonly draft: Draft }) {
  const id = useId()
  const wrong = draft.faults.find(({ path }) => path === 'key')?.message
  return (
    <div class="field">
      <label htmlFor={id}>Key</label>
      <input
        id={id}
        class="input mono"
        spellcheck={false}
        autoComplete="off"
        placeholder={draft.key.value === '' ? 'made from the name' : draft.key.value}
        value={draft.chosenKey.value}
        maxLength={128}
        aria-invalid={wrong !== undefined}
        aria-describedby={`${id}-help`}
        onInput={(event) => (draft.chosenKey.value = event.currentTarget.value)}
      />
      {wrong !== undefined && <Wrong text={wrong} />}
      <p class="help" id={`${id}-help`}>
        Its name in files, the API and addresses. It never changes.
      </p>
    </div>
  )
}
