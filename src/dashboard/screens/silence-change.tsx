// Changing a silence: when it begins, as long as it has not begun, when it ends, and why.
// Promises that only what was changed here is sent, and that what somebody else changed meanwhile is told first.
import { useSignal } from '@preact/signals'
import { at, get, patch, Problem } from '../api/client.ts'
import type { Silence } from '../api/types.ts'
import { Cancel, Dialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { toast } from '../parts/toast.tsx'
import { moment } from '../words.ts'
import { present } from '../clock.ts'
import { momentOf } from './silence-new.tsx'

interface ChangeProps {
  readonly silence: Silence
  readonly close: () => void
  readonly done: () => void
}

/** A moment as a field for one takes it, in the zone of whoever looks. */
function typedOf(iso: string): string {
  const ms = Date.parse(iso)
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

const typed = ({ from, until, reason }: Silence) => ({
  from: typedOf(from),
  until: typedOf(until),
  reason: reason ?? '',
})

export function ChangeSilence({ silence, close, done }: ChangeProps) {
  /** As it was when the form was opened, or was last told of. */
  const known = useSignal(silence)
  const atFirst = useSignal(typed(silence)).value
  const entered = useSignal(atFirst)
  const write = (name: keyof typeof atFirst) => (text: string) => {
    entered.value = { ...entered.value, [name]: text }
  }
  const send = async () => {
    const { from, until, reason } = entered.value
    const change = {
      ...(from === atFirst.from ? {} : { from: momentOf(from, 'from') }),
      ...(until === atFirst.until ? {} : { until: momentOf(until, 'until') }),
      ...(reason === atFirst.reason ? {} : { reason: reason.trim() }),
    }
    if (Object.keys(change).length > 0) {
      try {
        await patch(at('silences', silence.id), change, { revision: known.value.revision })
      } catch (error) {
        if (!(error instanceof Problem) || error.kind !== 'stale') throw error
        known.value = await get<Silence>(at('silences', silence.id))
        throw new Problem(412, 'stale', overtakenWords(known.value))
      }
      toast('The silence is changed.')
    }
    close()
    done()
  }
  return (
    <Dialog title="Change the silence" close={close}>
      <Form send={send} action="Save" beside={<Cancel close={close} />}>
        {(wrong) => (
          <>
            {silence.state === 'scheduled' && (
              <Field
                label="From"
                type="datetime-local"
                value={entered.value.from}
                set={write('from')}
                wrong={wrong('from')}
              />
            )}
            <Field
              label="Until"
              type="datetime-local"
              value={entered.value.until}
              set={write('until')}
              wrong={wrong('until')}
            />
            <Field
              label="Why"
              value={entered.value.reason}
              set={write('reason')}
              help="For everybody who was not told."
              wrong={wrong('reason')}
            />
          </>
        )}
      </Form>
    </Dialog>
  )
}

const overtakenWords = ({ until, reason, state }: Silence): string =>
  state === 'ended'
    ? 'Somebody ended it meanwhile: make a new one.'
    : `Somebody changed it meanwhile: it lasts until ${moment(until, present.value)}` +
      `${reason === null ? '' : ` (${reason})`} now. Save again to put what you changed in its place.`
