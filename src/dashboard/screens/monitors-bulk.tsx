// The monitors that are chosen in the list, and what can be done with all of them at once.
// Promises that nothing is done before it was shown what that would be.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Which } from '../api/bulk.ts'
import { isNarrowed, type View } from '../api/board.ts'
import { count } from '../words.ts'
import { BulkDialog } from './monitors-bulk-dialog.tsx'
import { type Deed, deeds } from './monitors-bulk-deeds.tsx'
import { allOf, nameOfView, pickAll, picked, spared, unpick } from './picked.ts'

interface BulkProps {
  readonly view: View
  readonly total: number
  readonly done: () => void
}

export function BulkBar({ view, total, done }: BulkProps) {
  const deed = useSignal<Deed | null>(null)
  const all = allOf.value === nameOfView(view)
  const number = all ? Math.max(0, total - spared.value.size) : picked.value.size
  useEffect(() => {
    // Else what comes to the list later would be chosen, though nobody chose it.
    if (all && number === 0) unpick()
  }, [all, number])
  if (number === 0) return null
  const which: Which = all ? { are: 'found', view, except: spared.value } : { are: 'these', keys: picked.value }
  return (
    <>
      <div class="bulk" role="region" aria-label="Chosen monitors">
        <p class="grow line" role="status">
          <span class="strong">
            {all && 'All '}
            {count(all ? total : number, 'monitor')}
            {all && isNarrowed(view) && ' that match'}
            {all && spared.value.size > 0 && ` but ${spared.value.size.toLocaleString('en')}`} chosen
          </span>
          {(!all || spared.value.size > 0) && number < total && (
            <button type="button" class="link-button" onClick={() => pickAll(view)}>
              Choose all {total.toLocaleString('en')}
              {isNarrowed(view) && ' that match'}
            </button>
          )}
          <button type="button" class="link-button" onClick={unpick}>
            Choose none
          </button>
        </p>
        {deeds.map((one) => (
          <button
            key={one.name}
            type="button"
            class={`button ${one.name === 'delete' ? 'danger' : ''}`}
            onClick={() => (deed.value = one)}
          >
            {one.Ask === null ? one.word : `${one.word} …`}
          </button>
        ))}
      </div>
      {deed.value && (
        <BulkDialog
          deed={deed.value}
          which={which}
          close={(changed) => {
            deed.value = null
            if (changed) {
              unpick()
              done()
            }
          }}
        />
      )}
    </>
  )
}
