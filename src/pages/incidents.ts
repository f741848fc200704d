// Incidents on a page: the running ones above the components, the past ones day by day.
// Promises a permalink for each (`#incident-12`), newest news first, and empty days said plainly.
import type { ComponentStatus } from '#core/component.ts'
import { type Html, html } from '#platform/html.ts'
import { moment } from './frame.ts'
import type { HistoryDay, IncidentView, PageView } from './model.ts'
import { shape } from './shapes.ts'
import { sayDate, type Times } from './times.ts'
import { recoveringWords, sayLength, sayUpdate, sinceWhen, statusWords } from './words.ts'

/** So many are told of one day; more of them are only counted. */
const perDay = 20
/** Of one incident; something that flaps all night must not fill the page. */
const updatesMost = 20

const anchor = (incident: IncidentView): string => `incident-${incident.id}`

const sayStatus = (status: ComponentStatus) => statusWords[status].toLowerCase()

function heading(incident: IncidentView, word: string): Html {
  return html`<a class="permalink" href="#${anchor(incident)}"><bdi>${incident.name}</bdi>: ${word}</a>`
}

/** The incidents that run now; nothing when there are none. */
export function running(view: PageView, times: Times): Html | null {
  const { activeIncidents: all } = view
  if (all.length === 0) return null
  return html`<section aria-labelledby="now">
    <h2 id="now">Happening now${all.length > 1 && `: ${all.length} incidents`}</h2>
    ${all.map((incident) => card(incident, view, times))}
  </section>`
}

function card(incident: IncidentView, view: PageView, times: Times): Html {
  const recovering = incident.phase === 'recovering'
  const word = recovering ? 'recovering' : sayStatus(incident.status)
  const when = (at: number) => moment(at, sinceWhen(at, view, times))
  const entry = (at: number, [word, sentence]: readonly [string, string]) =>
    html`<li>
      <span class="muted small">${when(at)}</span>
      <p><strong>${word}.</strong> ${sentence}</p>
    </li>`
  return html`<article class="incident" id="${anchor(incident)}">
    <h3>${shape(incident.status)}<span>${heading(incident, word)}</span></h3>
    <p class="muted small">Since ${when(incident.startedAt)}, for ${sayLength(view.asOf - incident.startedAt)}.</p>
    <ol class="updates">
      ${recovering && entry(incident.phaseAt, recoveringWords(incident.name))}
      ${incident.updates.slice(0, updatesMost).map((update) => entry(update.at, sayUpdate(incident, update)))}
      ${earlier(incident)}
    </ol>
  </article>`
}

function earlier({ updates }: IncidentView): Html | null {
  const more = updates.length - updatesMost
  return more > 0 ? html`<li class="muted">and ${more} earlier</li>` : null
}

/** The last fifteen days. */
export function history(view: PageView, times: Times): Html {
  return html`<section aria-labelledby="history">
    <h2 id="history">Past incidents</h2>
    <ol class="history">
      ${view.pastIncidents.map((day) => oneDay(day, times))}
    </ol>
    ${beginning(view, times)}
  </section>`
}

/** Where the days end because nothing was watched before. */
function beginning({ watchedSince: since, pastIncidents: days, now }: PageView, times: Times): Html | null {
  if (since === null || times.date(since) !== days.at(-1)?.date) return null
  const when = times.date(since) === times.date(now) ? times.time(since) : times.stamp(since)
  return html`<p class="muted small">Watched since ${moment(since, `${when} ${times.zone(since)}`)}.</p>`
}

function oneDay(day: HistoryDay, times: Times): Html {
  const told = day.incidents.slice(0, perDay)
  const more = day.incidents.length - told.length
  const quiet = day.incidents.length + day.running.length === 0
  return html`<li>
    <h3><time datetime="${day.date}">${sayDate(day.date)}</time></h3>
    <div>
      ${quiet && html`<p class="muted">No incidents</p>`}
      ${day.running.map((incident) => through(incident, day.date, times))}
      ${told.map((incident) => past(incident, day.date, times))}
      ${more > 0 && html`<p class="muted">and ${more} more</p>`}
    </div>
  </li>`
}

/** A line about what is told elsewhere on the page: above while it runs, or on the day it began. */
function through(incident: IncidentView, date: string, times: Times): Html {
  const began = times.date(incident.startedAt) === date
  const words = began ? `since ${times.time(incident.startedAt)}, still going on` : 'continued'
  return html`<p class="past">
    ${shape(incident.impact)}
    <a href="#${anchor(incident)}"><bdi>${incident.name}</bdi></a> <span class="muted small">${words}</span>
  </p>`
}

function past(incident: IncidentView, date: string, times: Times): Html {
  const { startedAt, phaseAt, updates } = incident
  const ended = updates.find((update) => update.kind === 'resolved')?.at ?? phaseAt
  const clock = (at: number) => moment(at, times.date(at) === date ? times.time(at) : times.stamp(at))
  const entry = (update: IncidentView['updates'][number]) => {
    const [word, sentence] = sayUpdate(incident, update)
    return html`<li>
      <span class="muted">${clock(update.at)}</span>
      <p><strong>${word}.</strong> ${sentence}</p>
    </li>`
  }
  return html`<article class="past" id="${anchor(incident)}">
    <h4>${shape(incident.impact)} ${heading(incident, sayStatus(incident.impact))}</h4>
    <p class="muted small">
      ${clock(startedAt)} to ${clock(ended)} ${times.zone(ended)}, ${sayLength(ended - startedAt)}
    </p>
    ${
      updates.length > 2 &&
      html`<ol class="updates small">
        ${updates.slice(0, updatesMost).map(entry)} ${earlier(incident)}
      </ol>`
    }
  </article>`
}
