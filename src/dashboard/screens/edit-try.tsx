// Trying an object before it is kept: a check with these settings, a message by this channel.
// Promises that the result is shown in full beside the form, which stays as it is, and that nothing is stored by it.
import { useSignal } from '@preact/signals'
import { post, Problem } from '../api/client.ts'
import type { Finding, Sent } from '../api/types.ts'
import { withoutBlanks, type Draft } from '../form/hand.ts'
import { kindIn } from '../form/entry.ts'
import { RemoveButton } from '../form/list.tsx'
import type { FormSpec } from '../form/model.ts'
import { Button } from '../parts/button.tsx'
import { FactList, saysSomething } from '../parts/facts.tsx'
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

/** What came of it, kept while one goes on writing; null: nothing yet. */
export const useTried = () => useSignal<Result | null>(null)
type Tried = ReturnType<typeof useTried>

interface TryProps {
  readonly draft: Draft
  readonly spec: FormSpec
  readonly tried: Tried
}

export function TryButton({ draft, spec, tried }: TryProps) {
  const { type } = draft
  if (type !== 'monitor' && type !== 'channel') return null
  if (type === 'monitor' && kindIn(spec, draft.entry.value)?.works !== 'asked') return null
  const act = async () => {
    const body = withoutBlanks(draft.entry.value)
    const asked = { timeout: 90_000, query: { of: draft.stored.value?.key } }
    tried.value = null
    try {
      tried.value =
        type === 'monitor'
          ? ofFinding((await post<{ found: Finding }>('/check', body, asked)).found)
          : ofSent(await post<Sent>('/channels/test', body, asked))
      draft.problem.value = null
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      draft.problem.value = error
    }
  }
  return <Button act={act}>{type === 'monitor' ? 'Check now' : 'Send a test'}</Button>
}

export function TriedResult({ tried }: { readonly tried: Tried }) {
  const result = tried.value
  if (result === null) return null
  return (
    <section class={`tried ${result.status}`} aria-label="What came of it" role="status">
      <p class="line">
        <Shape status={result.status} />
        <span class="grow strong">{result.text}</span>
        <RemoveButton what="the result" act={() => (tried.value = null)} />
      </p>
      {saysSomething(result.facts) && (
        <details>
          <summary>All that was seen</summary>
          <FactList facts={result.facts} />
        </details>
      )}
    </section>
  )
}
