// One incident by itself, at the address that people pass on.
// Promises the same words as the page has. Must not know the store.
import { html } from '#platform/html.ts'
import { frame } from './frame.ts'
import { card } from './incidents.ts'
import type { IncidentView, PageView } from './model.ts'
import { asOf } from './render.ts'
import { openTimes } from './times.ts'
import { stageWords, statusWords } from './words.ts'

/** The whole document. */
export function renderIncident(view: PageView, incident: IncidentView): string {
  const times = openTimes(view.zone)
  const over = incident.phase === 'resolved'
  const state =
    incident.told === null ? (over ? 'Resolved' : statusWords[incident.status]) : stageWords[incident.told.stage]
  const answer = `${incident.name}: ${state.toLowerCase()}`
  return frame({
    title: `${answer} – ${view.title}`,
    description: `${incident.name}, on ${view.title}.`,
    brand: `← ${view.title}`,
    home: `/p/${encodeURIComponent(view.key)}`,
    status: over ? 'operational' : incident.status,
    answer,
    under: asOf(view, times),
    main: html`<section>${card(incident, view, times)}</section>`,
    foot: html`Times are in ${times.zone(view.now)}.`,
  })
}
