// Making a silence: which monitors, seen before it is kept, for how long, from when, and why.
import { type Signal, useSignal } from '@preact/signals'
import { type Fault, post, Problem } from '../api/client.ts'
import type { Hand } from '../form/input.tsx'
import { MonitorsInput } from '../form/monitors.tsx'
import { NodeField } from '../form/node.tsx'
import { Field, Select } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { Cancel } from '../parts/dialog.tsx'
import { toast } from '../parts/toast.tsx'
import { quietSpans } from './deeds.ts'

interface NewProps {
  /** `team:shop`, chosen already. */
  readonly labels: readonly string[]
  readonly close: () => void
  readonly done: () => void
}

function chosen(labels: readonly string[]): unknown {
  const pairs = labels.map((one) => one.split(/:(.*)/s)).map(([name = '', value = '']) => [name, value] as const)
  return pairs.length === 0 ? undefined : { labels: Object.fromEntries(pairs) }
}

/** A moment as it is typed, in the zone of whoever types it. */
export function momentOf(typed: string, what: string): string {
  const time = Date.parse(typed)
  if (Number.isNaN(time)) {
    const message = 'Choose a day and an hour.'
    throw new Problem(0, 'invalid', message, [{ path: what, message }])
  }
  return new Date(time).toISOString()
}

export function NewSilence({ labels, close, done }: NewProps) {
  const monitors = useSignal(chosen(labels))
  const span = useSignal<string>('1h')
  const until = useSignal('')
  const from = useSignal('')
  const reason = useSignal('')
  const faults = useSignal<readonly Fault[]>([])
  const hand: Hand = {
    entry: { monitors: monitors.value },
    faults: faults.value,
    readOnly: false,
    Node: NodeField,
    write: (_path, value) => (monitors.value = value),
    derived: () => undefined,
  }
  const send = async () => {
    faults.value = []
    if (monitors.value === undefined) {
      const message = 'Choose which ones: all, some by key, or some by label.'
      faults.value = [{ path: 'monitors', message }]
      throw new Problem(0, 'invalid', 'It is not said which monitors.')
    }
    const body = {
      monitors: monitors.value,
      ...(span.value === '' ? { until: momentOf(until.value, 'until') } : { for: span.value }),
      ...(span.value === '' || from.value === '' ? {} : { from: momentOf(from.value, 'from') }),
      ...(reason.value.trim() === '' ? {} : { reason: reason.value.trim() }),
    }
    try {
      await post('/silences', body)
    } catch (error) {
      if (error instanceof Problem) faults.value = error.errors
      throw error
    }
    toast('The silence is made. What is still wrong at its end is told then.')
    done()
  }
  return (
    <section class="panel making" aria-label="New silence">
      <Form send={send} action="Silence them" beside={<Cancel close={close} />}>
        {(wrong) => (
          <div class="form">
            <div class="cell">
              <MonitorsInput
                hand={hand}
                path={['monitors']}
                field={{ name: 'monitors', schema: { title: 'Of which monitors nobody is told' }, required: true }}
              />
            </div>
            <When span={span} until={until} from={from} wrong={wrong} />
            <div class="cell">
              <Field
                label="Why"
                value={reason.value}
                set={(text) => (reason.value = text)}
                help="For everybody who was not told."
                wrong={wrong('reason')}
              />
            </div>
          </div>
        )}
      </Form>
    </section>
  )
}

interface WhenProps {
  readonly span: Signal<string>
  readonly until: Signal<string>
  readonly from: Signal<string>
  readonly wrong: (field: string) => string | undefined
}

const When = ({ span, until, from, wrong }: WhenProps) => (
  <>
    <div class="half">
      <Select
        label="For how long"
        value={span.value}
        set={(value) => (span.value = value)}
        options={[...quietSpans, ['', 'Until a moment …']]}
      />
    </div>
    <div class="half">
      {span.value === '' ? (
        <Field
          label="Until"
          type="datetime-local"
          value={until.value}
          set={(text) => (until.value = text)}
          wrong={wrong('until')}
        />
      ) : (
        <Field
          label="From"
          type="datetime-local"
          value={from.value}
          set={(text) => (from.value = text)}
          help="Left empty: from now on."
          wrong={wrong('from')}
        />
      )}
    </div>
  </>
)
