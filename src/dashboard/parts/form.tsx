// A small form: sends what was entered, says beside which field something is wrong, and never loses what was typed.
import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { Problem, sentenceOf } from '../api/client.ts'
import { Trouble } from './basics.tsx'

interface FormProps {
  readonly send: () => Promise<unknown>
  readonly action: string
  readonly look?: 'main' | 'danger'
  /** Given what is wrong with each field, by the name that the API has for it. */
  readonly children: (wrong: (field: string) => string | undefined) => ComponentChildren
  readonly beside?: ComponentChildren
}

export function Form({ send, action, look = 'main', children, beside }: FormProps) {
  const problem = useSignal<Problem | null>(null)
  const busy = useSignal(false)
  const submit = async () => {
    if (busy.value) return
    busy.value = true
    problem.value = null
    try {
      await send()
    } catch (error) {
      problem.value = error instanceof Problem ? error : new Problem(0, 'dashboard', sentenceOf(error))
    } finally {
      busy.value = false
    }
  }
  const wrong = (field: string) => problem.value?.errors.find((one) => one.path === field)?.message
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      {children(wrong)}
      {problem.value !== null && <Trouble problem={problem.value} />}
      <div class="line">
        <button type="submit" class={`button ${look}`} disabled={busy.value} aria-busy={busy.value}>
          {action}
        </button>
        {beside}
      </div>
    </form>
  )
}
