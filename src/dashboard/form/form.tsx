// The form of an object, made from its schema: a few fields first, the rest folded. One for all kinds and types.
import { useId } from 'preact/hooks'
import type { Draft } from './hand.ts'
import { kindIn, partsOf, type Path, read } from './entry.ts'
import type { FormSpec } from './model.ts'
import { isFaulty } from './input.tsx'
import { NodeField } from './node.tsx'

interface ObjectFormProps {
  readonly draft: Draft
  readonly spec: FormSpec
  readonly readOnly: boolean
}

export function ObjectForm({ draft, spec, readOnly }: ObjectFormProps) {
  const kind = kindIn(spec, draft.entry.value)
  const hand = draft.hand(readOnly)
  const { first, folds } = partsOf(spec, kind?.kind ?? null)
  const isSet = (path: Path) => draft.stored.value !== null && read(hand.entry, path) !== undefined
  return (
    <div class="form">
      {first.map(({ field, path }) => (
        <NodeField key={path.join('.')} hand={hand} field={field} path={path} />
      ))}
      {draft.stored.value === null && <KeyField draft={draft} />}
      {folds.map(({ title, fields }) => (
        <details key={title} class="fold" open={fields.some(({ path }) => isFaulty(hand, path) || isSet(path))}>
          <summary>{title}</summary>
          <div class="body form">
            {fields.map(({ field, path }) => (
              <NodeField key={path.join('.')} hand={hand} field={field} path={path} />
            ))}
          </div>
        </details>
      ))}
    </div>
  )
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
      {wrong !== undefined && <p class="wrong">{wrong}</p>}
      <p class="help" id={`${id}-help`}>
        Its name in files, in the API and in addresses. It never changes; left empty it is made from the name.
      </p>
    </div>
  )
}
