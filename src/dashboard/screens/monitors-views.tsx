// Saved views: the list narrowed and sorted as somebody wants it again, under a name, for oneself or for everybody.
import { useSignal } from '@preact/signals'
import { isNarrowed, type View } from '../api/board.ts'
import { useLoaded } from '../api/loaded.ts'
import {
  canonical,
  changeView,
  knownViews,
  learnViews,
  queryOf,
  removeView,
  type SavedView,
  saveView,
} from '../api/views.ts'
import { Button } from '../parts/button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { toast } from '../parts/toast.tsx'
import { base, go } from '../router.ts'
import { may } from '../session.ts'

const isUsual = (view: View) => !isNarrowed(view) && view.sort === 'status'

const shownNow = (view: View): SavedView | undefined => {
  const now = canonical(queryOf(view))
  return knownViews.value?.find(({ query }) => canonical(query) === now)
}

/** All of them, to go from one to another. */
export function ViewTabs({ view }: { readonly view: View }) {
  useLoaded('saved views', learnViews)
  const all = knownViews.value ?? []
  if (all.length === 0) return null
  const shown = shownNow(view)
  return (
    <nav class="tabs views" aria-label="Saved views">
      <a href={`${base}/monitors`} aria-current={isUsual(view) ? 'page' : undefined}>
        All
      </a>
      {all.map((one) => (
        <a
          key={one.id}
          href={`${base}/monitors?${one.query}`}
          aria-current={one === shown ? 'page' : undefined}
          title={one.shared ? `For everybody, by ${one.madeBy}` : 'For yourself'}
        >
          {one.name}
        </a>
      ))}
    </nav>
  )
}

/** Saves the view that is shown, or changes it where it is a saved one. */
export function KeepView({ view }: { readonly view: View }) {
  const asked = useSignal(false)
  if (knownViews.value === null || isUsual(view)) return null
  const shown = shownNow(view)
  if (shown?.shared && !may('edit')) return null
  return (
    <>
      <button type="button" class="link-button small" onClick={() => (asked.value = true)}>
        {shown ? 'Change this view' : 'Save this view'}
      </button>
      {asked.value && <Keep view={view} kept={shown ?? null} close={() => (asked.value = false)} />}
    </>
  )
}

interface KeepProps {
  readonly view: View
  /** Null: it is a new one. */
  readonly kept: SavedView | null
  readonly close: () => void
}

function Keep({ view, kept, close }: KeepProps) {
  const name = useSignal(kept?.name ?? '')
  const shared = useSignal(kept?.shared ?? false)
  const done = (words: string) => {
    toast(words)
    close()
    void learnViews()
  }
  const send = async () => {
    const wanted = { name: name.value.trim(), shared: shared.value }
    if (kept === null) await saveView({ ...wanted, query: queryOf(view) })
    else await changeView(kept.id, wanted)
    done(`“${wanted.name}” is saved.`)
  }
  return (
    <Dialog title={kept === null ? 'Save this view' : 'Change this view'} close={close}>
      <Form
        action="Save"
        send={send}
        beside={
          <>
            <button type="button" class="button" onClick={close}>
              Cancel
            </button>
            {kept !== null && (
              <Button
                look="danger"
                act={async () => {
                  await removeView(kept.id)
                  done(`“${kept.name}” is taken away.`)
                  go('/monitors')
                }}
              >
                Take it away
              </Button>
            )}
          </>
        }
      >
        {(wrong) => (
          <>
            <Field
              label="Name"
              value={name.value}
              set={(text) => (name.value = text)}
              wrong={wrong('name') ?? wrong('query')}
              help="What the list is narrowed to and how it is sorted is kept; the address of the page says the same."
              autoFocus
            />
            {may('edit') && (
              <label class="check">
                <input
                  type="checkbox"
                  checked={shared.value}
                  onChange={(event) => (shared.value = event.currentTarget.checked)}
                />
                For everybody
              </label>
            )}
          </>
        )}
      </Form>
    </Dialog>
  )
}
