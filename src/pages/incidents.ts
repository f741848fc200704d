// Incidents on a page: the running ones above the components, the past ones day by day.
// Promises a permalink for each (`#incident-12`), newest news first, and empty days said plainly.
import type { ComponentStatus } from '#core/component.ts'
import { type Html, html } from '#platform/html.ts'
import { moment } from './frame.ts'
import type { HistoryDay, IncidentView, PageView } from './model.ts'
import { shape } from './shapes.ts'
import { sayDate, type Times } from './times.ts'
import { recoveringWords, sayLength, sayUpdate, statusWords } from './words.ts'

/** So many are told of one day; more of them are only counted. */
const perDay = 20

const anchor = (incident: IncidentView): string => `incident-${incident.id}`

function heading(incident: IncidentView, status: ComponentStatus): Html {
  return html`<a class="permalink" href="#${anchor(incident)}"
    ><bdi>${incident.name}</bdi>: ${statusWords[status].toLowerCase()}</a
  >`
}

/** The incidents that run now; nothing when there are none. */
export function running(view: PageView, times: Times): Html | null {
  if (view.activeIncidents.length === 0) return null
  return html`<section aria-labelledby="now">
    <h2 id="now">
      ${view.activeIncidents.length === 1 ? 'Happening now' : `Happening now: ${view.activeIncidents.length} incidents`}
    </h2>
    ${view.activeIncidents.map((incident) => card(incident, view, times))}
  </section>`
}

function card(incident: IncidentView, view: PageView, times: Times): Html {
  const shown = incident.phase === 'recovering' ? incident.impact : incident.status
  const recovering = incident.phase === 'recovering' ? recoveringWords(incident.name) : null
  return html`<article class="incident" id="${anchor(incident)}">
    <h3>${shape(shown)}<span>${heading(incident, shown)}</span></h3>
    <p class="muted small">
      Since ${when(incident.startedAt, times)}, for ${sayLength(view.now - incident.startedAt)}. Affects
      <bdi>${incident.name}</bdi>.
    </p>
    <ol class="updates">
      ${recovering && entry(incident.phaseAt, recovering, times)}
      ${incident.updates.map((update) => entry(update.at, sayUpdate(incident, update), times))}
    </ol>
  </article>`
}

function entry(at: number, [word, sentence]: readonly [string, string], times: Times): Html {
  return html`<li>
    <span class="muted small">${when(at, times)}</span>
    <p><strong>${word}.</strong> ${sentence}</p>
  </li>`
}

const when = (at: number, times: Times): Html => moment(at, `${times.stamp(at)} ${times.zone(at)}`)

/** The last fifteen days. */
export function history(view: PageView, times: Times): Html {
  return html`<section aria-labelledby="history">
    <h2 id="history">Past incidents</h2>
    <ol class="history">
      ${view.pastIncidents.map((day) => oneDay(day, times))}
    </ol>
  </section>`
}

function oneDay(day: HistoryDay, times: Times): Html {
  const told = day.incidents.slice(0, perDay)
  const more = day.incidents.length - told.length
  const quiet = day.incidents.length + day.running.length === 0
  return html`<li>
    <h3>${html`<time datetime="${day.date}">${sayDate(day.date)}</time>`}</h3>
    <div>
      ${quiet && html`<p class="muted">No incidents</p>`}
      ${day.running.map(
        (incident) =>
          html`<p>
            Continued: <a href="#${anchor(incident)}"><bdi>${incident.name}</bdi></a>
          </p>`,
      )}
      ${told.map((incident) => past(incident, day.date, times))}
      ${more > 0 && html`<p class="muted">and ${more} more</p>`}
    </div>
  </li>`
}

function past(incident: IncidentView, date: string, times: Times): Html {
  const { startedAt, phaseAt, updates } = incident
  const ended = updates.find((update) => update.kind === 'resolved')?.at ?? phaseAt
  const clock = (at: number) => moment(at, times.date(at) === date ? times.time(at) : times.stamp(at))
  return html`<article class="past" id="${anchor(incident)}">
    <h4>${shape(incident.impact)} ${heading(incident, incident.impact)}</h4>
    <p class="muted small">
      ${clock(startedAt)} to ${clock(ended)} ${times.zone(ended)}, ${sayLength(ended - startedAt)}
    </p>
    ${
      updates.length > 2 &&
      html`<ol class="updates small">
        ${updates.map((update) => entry(update.at, sayUpdate(incident, update), times))}
      </ol>`
    }
  </article>`
}
