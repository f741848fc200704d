// Taking trouble on: acknowledging it, and putting it off. The same from the home screen, the list and the monitor.
// Promises that who did it is shown wherever the trouble is.
import { offers } from '../api/offers.ts'
import type { Row } from '../api/types.ts'
import { Moment } from '../parts/basics.tsx'
import { Button } from '../parts/button.tsx'
import { may, me } from '../session.ts'
import { acknowledge, snooze } from './deeds.ts'

/** Who has taken it on, until when it is put off. */
export function Handled({ row }: { readonly row: Row }) {
  const { acknowledged, snoozedUntil } = row
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
        </>
      )}
    </p>
  )
}

export function HandleButtons({ row, done }: { readonly row: Row; readonly done: () => void }) {
  if (!offers.handling || !may('respond') || row.outage === null || me.value === null) return null
  const then = async (work: Promise<unknown>) => {
    await work
    done()
  }
  return (
    <>
      {!row.acknowledged && (
        <Button act={() => then(acknowledge(row.key))} title="No more reminders and no further steps for this outage">
          Acknowledge
        </Button>
      )}
      <Button act={() => then(snooze(row.key, '1h'))} title="Tell nobody about it for an hour">
        Snooze 1 h
      </Button>
    </>
  )
}
