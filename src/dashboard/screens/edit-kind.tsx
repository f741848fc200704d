// Choosing what kind of thing to make: each with its title and what it does, as its own file says.
import { useSignal } from '@preact/signals'
import type { ObjectType } from '../api/schemas.ts'
import type { FormSpec } from '../form/model.ts'
import { Head } from '../parts/basics.tsx'
import { Field } from '../parts/field.tsx'
import { setQuery } from '../router.ts'
import { objectWords } from './object-types.ts'

interface ChooseProps {
  readonly type: ObjectType
  readonly kinds: FormSpec['kinds']
}

export function ChooseKind({ type, kinds }: ChooseProps) {
  const search = useSignal('')
  const { one } = objectWords[type]
  const wanted = search.value.trim().toLowerCase()
  const made = kinds.filter(({ works }) => works !== 'collected')
  const shown = made.filter(({ kind, title, summary }) => `${kind} ${title} ${summary}`.toLowerCase().includes(wanted))
  return (
    <div class="screen">
      <Head title={`New ${one}`} />
      <div class="stack">
        <p class="muted">Which kind?</p>
        {made.length > 8 && (
          <Field
            label="Find a kind"
            type="search"
            value={search.value}
            set={(text) => (search.value = text)}
            autoFocus
          />
        )}
        <div class="kinds">
          {shown.map(({ kind, title, summary }) => (
            <button key={kind} type="button" onClick={() => setQuery({ kind })}>
              <span class="strong">{title}</span>
              <span class="muted small">{summary}</span>
            </button>
          ))}
        </div>
        {shown.length === 0 && <p>No kind is like “{search.value}”.</p>}
      </div>
    </div>
  )
}
