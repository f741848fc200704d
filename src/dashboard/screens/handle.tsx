// Taking trouble on: acknowledging it, and putting it off. The same from the home screen, the list and the monitor.
// Promises that who did it is shown wherever the trouble is, and that it can be taken back there.
import { useSignal } from '@preact/signals'
import { sentenceOf } from '../api/client.ts'
import type { Row } from '../api/types.ts'
import { present } from '../clock.ts'
import { Badge, Moment } from '../parts/basics.tsx'
import { Button } from '../parts/button.tsx'
import { Cancel, Dialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { toast } from '../parts/toast.tsx'
import { may } from '../session.ts'
import { moment } from '../words.ts'
import { acknowledge, quietSpans, snooze, unacknowledge, unsnooze } from './deeds.ts'

/** Who has taken it on, until when it is put off. */
export function Handled({ row }: { readonly row: Row }) {
  const { acknowledged, snoozedUntil, snoozedBy } = row
  if (!acknowledged && !snoozedUntil) return null
  return (
    <p class="muted small">
      {acknowledged && (
        <>
          Acknowledged by {acknowledged.by}, <Moment at={acknowledged.at} />
          {acknowledged.note ? `: ${acknowledged.note}` : ''}
        </>
      )}
      {snoozedUntil && (
        <>
          {acknowledged ? ' · ' : ''}Quiet until <Moment at={snoozedUntil} />
          {snoozedBy ? `, by ${snoozedBy}` : ''}
        </>
      )}
    </p>
  )
}

/** That nobody is told of it for a time, by a word for what lasts longest; until when and by whom one hover away. */
export function QuietSign({ row: { snoozedUntil, snoozedBy, silence } }: { readonly row: Row }) {
  const left = (until: string | null | undefined) => (until ? Date.parse(until) - present.value : 0)
  const [snoozed, silenced] = [left(snoozedUntil), left(silence?.until)]
  if (Math.max(snoozed, silenced) <= 0) return null
  const words = (until: string | null | undefined, by: string | null | undefined) =>
    `Nobody is told of it until ${moment(until ?? '', present.value)}${by ? `, by ${by}` : ''}`
  if (snoozed > silenced) return <Badge title={words(snoozedUntil, snoozedBy)}>Snoozed</Badge>
  const why = silence?.reason ? `: ${silence.reason}` : ''
  return <Badge title={`${words(silence?.until, silence?.by)}${why}`}>Silenced</Badge>
}

interface HandleProps {
  readonly row: Row
  readonly done: () => void
}

export function HandleButtons({ row, done }: HandleProps) {
  const noting = useSignal(false)
  if (!may('respond') || (row.outage === null && !row.snoozedUntil)) return null
  const then = async (work: Promise<unknown>) => {
    await work
    done()
  }
  return (
    <>
      {row.outage !== null && !row.acknowledged && (
        <span class="joined">
          <Button
            act={() => then(acknowledge(row.key))}
            title="You look after it: nobody is told of it again until it is over, or worse"
          >
            Acknowledge
          </Button>
          <button
            type="button"
            class="button"
            aria-label="Acknowledge with a note"
            title="With a note"
            onClick={() => (noting.value = true)}
          >
            …
          </button>
        </span>
      )}
      {row.acknowledged && <Button act={() => then(unacknowledge(row.key))}>Unacknowledge</Button>}
      {row.snoozedUntil ? (
        <Button act={() => then(unsnooze(row.key))}>End the snooze</Button>
      ) : (
        <Snooze row={row} done={done} />
      )}
      {noting.value && <Noting row={row} done={done} close={() => (noting.value = false)} />}
    </>
  )
}

/** One control for how long: within reach of a thumb, and by keyboard. */
function Snooze({ row, done }: HandleProps) {
  const busy = useSignal(false)
  const choose = async (span: string) => {
    busy.value = true
    try {
      await snooze(row.key, span)
      done()
    } catch (error) {
      toast(sentenceOf(error), 'bad')
    } finally {
      busy.value = false
    }
  }
  return (
    <select
      class="button choosing"
      aria-label={`Snooze ${row.name}`}
      title="Tell nobody of what is wrong with it for so long"
      value=""
      disabled={busy.value}
      onChange={(event) => void choose(event.currentTarget.value)}
    >
      <option value="" disabled>
        Snooze
      </option>
      {quietSpans.map(([span, word]) => (
        <option key={span} value={span}>
          {word}
        </option>
      ))}
    </select>
  )
}

function Noting({ row, done, close }: HandleProps & { readonly close: () => void }) {
  const note = useSignal('')
  const send = async () => {
    await acknowledge(row.key, note.value.trim())
    close()
    done()
  }
  return (
    <Dialog title={`Acknowledge ${row.name}`} close={close}>
      <Form send={send} action="Acknowledge" beside={<Cancel close={close} />}>
        {(wrong) => (
          <Field
            label="Note"
            value={note.value}
            set={(text) => (note.value = text)}
            help="For everybody who looks at it: what you know, what you do."
            wrong={wrong('note')}
            autoFocus
          />
        )}
      </Form>
    </Dialog>
  )
}
