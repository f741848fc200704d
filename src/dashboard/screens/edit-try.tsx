// Trying an object before it is kept: a check with these settings, a message by this channel.
// Promises that the result is shown in full beside the form, and that nothing is stored by it.
import { useSignal } from '@preact/signals'
import { post, Problem } from '../api/client.ts'
import type { Finding, Sent } from '../api/types.ts'
import { withoutBlanks, type Draft } from '../form/hand.ts'
import { kindIn } from '../form/entry.ts'
import type { FormSpec } from '../form/model.ts'
import { Button } from '../parts/button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { FactList } from '../parts/facts.tsx'
import { Shape } from '../parts/shape.tsx'
import type { ShownStatus } from '../api/types.ts'
import { findingWords } from './deeds.ts'

interface Result {
  readonly status: ShownStatus
  readonly text: string
  readonly facts: Readonly<Record<string, unknown>>
}

const ofFinding = (found: Finding): Result => ({
  status: found.outcome,
  text: findingWords(found),
  facts: found.facts ?? {},
})
const ofSent = ({ ok, detail }: Sent): Result => ({
  status: ok ? 'up' : 'down',
  text: ok ? `It arrived: ${detail}` : `It did not arrive: ${detail}`,
  facts: {},
})

export function TryIt({ draft, spec }: { readonly draft: Draft; readonly spec: FormSpec }) {
  const result = useSignal<Result | null>(null)
  const { type } = draft
  if (type !== 'monitor' && type !== 'channel') return null
  const act = async () => {
    const body = withoutBlanks(draft.entry.value)
    const asked = { timeout: 90_000, query: { of: draft.stored.value?.key } }
    try {
      result.value =
        type === 'monitor'
          ? ofFinding((await post<{ found: Finding }>('/check', body, asked)).found)
          : ofSent(await post<Sent>('/channels/test', body, asked))
      draft.problem.value = null
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      draft.problem.value = error
    }
  }
  if (type === 'monitor' && kindIn(spec, draft.entry.value)?.works !== 'asked') return null
  return (
    <>
      <Button act={act}>{type === 'monitor' ? 'Check now' : 'Send a test'}</Button>
      {result.value !== null && (
        <Dialog title="What came of it" close={() => (result.value = null)} class="wide">
          <p class="line">
            <Shape status={result.value.status} />
            <span class="grow">{result.value.text}</span>
          </p>
          <FactList facts={result.value.facts} />
          <div class="line">
            <button type="button" class="button" onClick={() => (result.value = null)}>
              Close
            </button>
          </div>
        </Dialog>
      )}
    </>
  )
}
