// Changing many monitors: what, what that would do to each, what stays and why; then it is done, and what came of it.
// Promises that only what was shown is done: when it would be something else by now, it is shown anew first.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { changeMany, type Outcome, previewMany, type Which, type Wish } from '../api/bulk.ts'
import { Problem, sentenceOf } from '../api/client.ts'
import { Trouble, Waiting } from '../parts/basics.tsx'
import { Button } from '../parts/button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Form } from '../parts/form.tsx'
import { base } from '../router.ts'
import { may } from '../session.ts'
import { count, valueWords } from '../words.ts'
import type { Deed, Entered } from './monitors-bulk-deeds.tsx'

interface DialogProps {
  readonly deed: Deed
  readonly which: Which
  /** `changed`: something was done. */
  readonly close: (changed: boolean) => void
}

export function BulkDialog({ deed, which, close }: DialogProps) {
  const entered = useSignal<Entered>({})
  const wish = useSignal<Wish | null>(deed.Ask === null ? deed.wish({}) : null)
  /** What the preview showed that came with what was entered. */
  const seen = useSignal<Outcome | null>(null)
  const done = useSignal<Outcome | null>(null)
  const Ask = deed.Ask
  const back = Ask === null ? null : () => (wish.value = null)
  const title = which.are === 'these' ? count(which.keys.size, 'monitor') : allWords(which.except.size)
  return (
    <Dialog title={`${deed.word}: ${title}`} class="wide" close={() => close(done.value !== null)}>
      {done.value !== null ? (
        <Done outcome={done.value} close={() => close(true)} />
      ) : wish.value !== null ? (
        <Preview
          deed={deed}
          which={which}
          wish={wish.value}
          seen={seen.value}
          back={back}
          cancel={() => close(false)}
          done={(outcome) => (done.value = outcome)}
        />
      ) : (
        Ask !== null && (
          <Form
            action="Show what would change"
            send={async () => {
              const next = deed.wish(entered.value)
              if (next === null) throw new Problem(0, 'dashboard', 'Something is missing: fill in all fields.')
              // What is wrong with a value is said here, beside what was entered.
              seen.value = await previewMany(which, next)
              wish.value = next
            }}
            beside={<Cancel act={() => close(false)} />}
          >
            {() => <Ask entered={entered} />}
          </Form>
        )
      )}
    </Dialog>
  )
}

const allWords = (but: number) => `All that match${but === 0 ? '' : ` but ${but.toLocaleString('en')}`}`

const Cancel = ({ act, word = 'Cancel' }: { readonly act: () => void; readonly word?: string }) => (
  <button type="button" class="button" onClick={act}>
    {word}
  </button>
)

interface PreviewProps {
  readonly deed: Deed
  readonly which: Which
  readonly wish: Wish
  /** What it would do, where that was asked already. */
  readonly seen: Outcome | null
  /** Null: there is nothing to enter. */
  readonly back: (() => void) | null
  readonly cancel: () => void
  readonly done: (outcome: Outcome) => void
}

function Preview({ deed, which, wish, seen, back, cancel, done }: PreviewProps) {
  const outcome = useSignal<Outcome | null>(seen)
  const problem = useSignal<Problem | null>(null)
  const busy = useSignal(false)
  const look = async () => {
    problem.value = null
    outcome.value = null
    try {
      outcome.value = await previewMany(which, wish)
    } catch (error) {
      problem.value = problemOf(error)
    }
  }
  useEffect(() => {
    if (seen === null) void look()
  }, [])
  const act = async () => {
    if (outcome.value === null) return
    busy.value = true
    try {
      done(await changeMany(which, wish, outcome.value.fingerprint))
    } catch (error) {
      problem.value = problemOf(error)
    } finally {
      busy.value = false
    }
  }
  const shown = outcome.value
  const changes = shown?.changed ?? 0
  return (
    <>
      {shown === null && problem.value === null && <Waiting what="Looking what would change" />}
      {shown && <Summary outcome={shown} />}
      {problem.value && <Trouble problem={problem.value} again={() => void look()} />}
      {busy.value && <Waiting what={`Changing ${count(changes, 'monitor')}`} />}
      <div class="line">
        {shown && changes > 0 && problem.value === null && (
          <Button act={act} look={deed.name === 'delete' ? 'danger' : 'main'}>
            {deed.verb} {count(changes, 'monitor')}
          </Button>
        )}
        {back && <Cancel act={back} word="Back" />}
        <Cancel act={cancel} word={changes > 0 ? 'Cancel' : 'Close'} />
      </div>
    </>
  )
}

const problemOf = (error: unknown): Problem =>
  error instanceof Problem ? error : new Problem(0, 'dashboard', sentenceOf(error))

/** `210 of 214 would be changed; 1 is so already; 3 are left out.` */
export function outcomeWords({ dryRun, matched, changed, unchanged, leftOut }: Outcome): string {
  const out = leftOut.reduce((sum, one) => sum + one.count, 0)
  const was = (number: number, one: string, many: string) =>
    `${number.toLocaleString('en')} ${number === 1 ? one : many}`
  const parts = [
    `${changed.toLocaleString('en')} of ${count(Math.max(matched, changed), 'monitor')} ${
      dryRun ? 'would be changed' : changed === 1 ? 'was changed' : 'were changed'
    }`,
    ...(unchanged > 0 ? [was(unchanged, 'is so already', 'are so already')] : []),
    ...(out > 0 ? [was(out, 'is left out', 'are left out')] : []),
  ]
  return `${parts.join('; ')}.`
}

const Summary = ({ outcome }: { readonly outcome: Outcome }) => (
  <>
    <p role="status" class="strong">
      {outcomeWords(outcome)}
    </p>
    <LeftOut outcome={outcome} />
    <Items outcome={outcome} />
  </>
)

/** What stays as it is, and why. */
const LeftOut = ({ outcome: { leftOut } }: { readonly outcome: Outcome }) =>
  leftOut.length === 0 ? null : (
    <ul class="notice stack" aria-label="Left out">
      {leftOut.map(({ sentence, count: number, keys }) => (
        <li key={sentence}>
          {number === 1 ? '' : `${count(number, 'monitor')}: `}
          {sentence}{' '}
          <span class="muted small">
            {keys.slice(0, namedMost).join(', ')}
            {number > Math.min(keys.length, namedMost) && ` and ${number - Math.min(keys.length, namedMost)} more`}
          </span>
        </li>
      ))}
    </ul>
  )

const namedMost = 6

const Items = ({ outcome: { items, changed } }: { readonly outcome: Outcome }) =>
  items.length === 0 ? null : (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <div class="preview" tabIndex={0} role="region" aria-label="What changes">
      <table class="table">
        <thead>
          <tr>
            <th>Monitor</th>
            <th>What changes</th>
          </tr>
        </thead>
        <tbody>
          {items.map(({ key, name, changes }) => (
            <tr key={key}>
              <td>
                <a class="quiet" href={`${base}/monitors/${encodeURIComponent(key)}`} target="_blank" rel="noopener">
                  {name}
                </a>
              </td>
              <td>
                <div class="diff">
                  {changes.map(({ path, before, after }) => (
                    <span key={path}>
                      {path} {before !== undefined && <del>{valueWords(before)}</del>}
                      {before !== undefined && after !== undefined && ' → '}
                      {after !== undefined && <ins>{valueWords(after)}</ins>}
                    </span>
                  ))}
                  {changes.length === 0 && '–'}
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {changed > items.length && <p class="muted small">and {count(changed - items.length, 'further monitor')}</p>}
    </div>
  )

const Done = ({ outcome, close }: { readonly outcome: Outcome; readonly close: () => void }) => (
  <>
    <p role="status" class="notice good">
      {outcomeWords(outcome)}
    </p>
    <LeftOut outcome={outcome} />
    <div class="line">
      <Button look="main" act={close}>
        Close
      </Button>
      {may('admin') && <a href={`${base}/settings/audit`}>Record of changes</a>}
    </div>
  </>
)
