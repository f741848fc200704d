// Choosing what kind of thing to make: each with its title and what it does, as its own file says.
import { useSignal } from '@preact/signals'
import type { ObjectType } from '../api/schemas.ts'
import type { Schema } from '../form/model.ts'
import { Head } from '../parts/basics.tsx'
import { Field } from '../parts/field.tsx'
import { setQuery } from '../router.ts'
import { objectWords } from './object-types.ts'

interface ChooseProps {
  readonly type: ObjectType
  readonly schema: Schema
  readonly kinds: readonly string[]
}

export function ChooseKind({ type, schema, kinds }: ChooseProps) {
  const search = useSignal('')
  const { one } = objectWords[type]
  const wanted = search.value.trim().toLowerCase()
  const shown = kinds.filter((kind) => {
    const { title = '', description = '' } = schema.properties?.[kind] ?? {}
    return `${kind} ${title} ${description}`.toLowerCase().includes(wanted)
  })
  return (
    <div class="screen">
      <Head title={`New ${one}`} />
      <div class="stack">
        <p class="muted">Which kind?</p>
        {kinds.length > 8 && (
          <Field
            label="Find a kind"
            type="search"
            value={search.value}
            set={(text) => (search.value = text)}
            autoFocus
          />
        )}
        <div class="kinds">
          {shown.map((kind) => {
            const { title = kind, description } = schema.properties?.[kind] ?? {}
            return (
              <button key={kind} type="button" onClick={() => setQuery({ kind })}>
                <span class="strong">{title}</span>
                <span class="muted small">{description}</span>
              </button>
            )
          })}
        </div>
        {shown.length === 0 && <p>No kind is like “{search.value}”.</p>}
      </div>
    </div>
  )
}
