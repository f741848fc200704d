// The chronicle: what became of monitors, as lines of the log, for those who read nothing else.
// Promises one line for each event after its commit. Must not know who is told of it.
import type { Event } from '#core/event.ts'
import type { Fields, Level, Log } from '#platform/log.ts'
import type { Catalog } from './catalog.ts'

const bad: ReadonlySet<Event['type']> = new Set(['monitor.down', 'monitor.degraded', 'monitor.unknown'])

export function chronicle(log: Log, catalog: Catalog): (change: { readonly events: readonly Event[] }) => void {
  return ({ events }) => {
    for (const event of events) {
      const key = catalog.monitors.get(event.monitor)?.key ?? String(event.monitor)
      log[levelOf(event)](said(event), { monitor: key, ...evidence(event) })
    }
  }
}

/** That a monitor is up when it is looked at for the first time is no news: after a start there may be thousands. */
function levelOf(event: Event): Level {
  if (bad.has(event.type)) return 'warn'
  const first = event.type === 'monitor.up' && event.previous === 'unknown' && !event.alert && !event.silence
  return first ? 'debug' : 'info'
}

const said = ({ type }: Event): string => `the monitor is ${type.slice('monitor.'.length).replaceAll('_', ' ')}`

function evidence({ status, previous, reason, sentence, at }: Event): Fields {
  const why = { ...(reason === null ? {} : { reason }), ...(sentence === null ? {} : { sentence }) }
  return { status, previous, ...why, since: new Date(at).toISOString() }
}
