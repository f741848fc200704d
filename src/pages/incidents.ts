// Incidents on a page: the running ones above the components, the past ones day by day.
// Promises a permalink for each (`#incident-12`), newest news first, and empty days said plainly.
import type { ComponentStatus } from '#core/component.ts'
import { type Html, html } from '#platform/html.ts'
import { markdown } from '#platform/markdown.ts'
import { moment } from './frame.ts'
import { componentsOf, type HistoryDay, type IncidentView, type MaintenanceView, type PageView } from './model.ts'
import { shape } from './shapes.ts'
import { sayDate, type Times } from './times.ts'
import { recoveringWords, sayLength, sayUpdate, sinceWhen, stageWords, statusWords } from './words.ts'

/** So many are told of one day; more of them are only counted. */
const perDay = 20
/** Of one incident; something that flaps all night must not fill the page. */
const updatesMost = 20

const anchor = (incident: IncidentView): string => `incident-${incident.id}`

const sayStatus = (status: ComponentStatus) => statusWords[status].toLowerCase()

function heading(incident: IncidentView, word: string, page: string): Html {
  return html`<a class="permalink" href="${incidentPath(page, incident.id)}"><bdi>${incident.name}</bdi>: ${word}</a>`
}

/** Where one incident is told by itself. */
export const incidentPath = (page: string, id: number): string => `/p/${encodeURIComponent(page)}/incidents/${id}`

/** The incidents that run now; nothing when there are none. */
export function running(view: PageView, times: Times): Html | null {
  const { activeIncidents: all } = view
  const [now, planned] = [all.filter((one) => !isPlanned(one)), all.filter(isPlanned)]
  const pinned = view.pinnedIncidents.filter((one) => !all.includes(one))
  const section = (id: string, title: string, some: readonly IncidentView[]) =>
    some.length > 0 &&
    html`<section aria-labelledby="${id}">
      <h2 id="${id}">${title}${some.length > 1 && `: ${some.length} incidents`}</h2>
      ${some.map((incident) => card(incident, view, times))}
    </section>`
  const parts = [section('now', 'Happening now', now), section('pinned', 'Pinned', pinned)]
  return html`${parts}${section('planned', 'Planned', planned)}`
}

const isPlanned = ({ told }: IncidentView): boolean => told?.stage === 'scheduled'

/** One word for how it is. */
function wordOf(incident: IncidentView): string {
  const { told, phase, status } = incident
  if (told !== null) return stageWords[told.stage].toLowerCase()
  return phase === 'recovering' ? 'recovering' : sayStatus(status)
}

/** Maintenance that lasts or is to come; nothing when there is none. */
export function maintenance(view: PageView, times: Times): Html | null {
  if (view.maintenance.length === 0) return null
  return html`<section aria-labelledby="maintenance">
    <h2 id="maintenance">Maintenance</h2>
    ${view.maintenance.map((one) => window(one, view, times))}
  </section>`
}

function window({ id, title, message, from, until, components }: MaintenanceView, view: PageView, times: Times): Html {
  const when = (at: number) => moment(at, sinceWhen(at, view, times))
  const lasts = from <= view.now ? html`Under way until ${when(until)}.` : html`From ${when(from)} to ${when(until)}.`
  const about = components.map((name, index) => html`${index > 0 && ', '}<bdi>${name}</bdi>`)
  return html`<article class="incident" id="maintenance-${id}">
    <h3>${shape('maintenance')}<span dir="auto">${title}</span></h3>
    <p class="muted small">${lasts} Affects ${about}.</p>
    ${message !== null && html`<div class="said">${markdown(message)}</div>`}
  </article>`
}

/** One incident with its timeline. */
export function card(incident: IncidentView, view: PageView, times: Times): Html {
  const recovering = incident.phase === 'recovering'
  const { startedAt, told } = incident
  const when = (at: number) => moment(at, sinceWhen(at, view, times))
  const lasts =
    incident.phase === 'resolved'
      ? html`From ${when(startedAt)} to ${when(endOf(incident))}, ${sayLength(endOf(incident) - startedAt)}.`
      : startedAt > view.asOf
        ? html`From ${when(startedAt)} on.`
        : html`Since ${when(startedAt)}, for ${sayLength(view.asOf - startedAt)}.`
  return html`<article class="incident" id="${anchor(incident)}">
    <h3>${shape(markOf(incident))}<span>${heading(incident, wordOf(incident), view.key)}</span></h3>
    <p class="muted small">${lasts} ${affects(incident, view)}</p>
    <ol class="updates">
      ${recovering && told === null && entry(when(incident.phaseAt), recoveringWords(incident.name))}
      ${incident.updates.slice(0, updatesMost).map((update) => oneUpdate(incident, update, when))} ${earlier(incident)}
    </ol>
    ${
      told?.postmortem != null &&
      html`<h4>What happened</h4>
        <div class="said">${markdown(told.postmortem)}</div>`
    }
  </article>`
}

/** Of something that is over the worst of it is shown, of what is planned that it is. */
function markOf(incident: IncidentView): ComponentStatus {
  if (isPlanned(incident)) return 'maintenance'
  if (incident.phase !== 'resolved') return incident.status
  return incident.impact === 'operational' ? 'unknown' : incident.impact
}

/** When it was over. */
export const endOf = ({ updates, phaseAt }: IncidentView): number =>
  updates.find((update) => update.kind === 'resolved')?.at ?? phaseAt

/** When there was news of it last. */
export const updatedAt = ({ updates, phaseAt, told }: IncidentView): number =>
  Math.max(phaseAt, told?.updatedAt ?? 0, ...updates.map(({ at }) => at))

const entry = (when: Html, [word, sentence]: readonly [string, string]) =>
  html`<li>
    <span class="muted small">${when}</span>
    <p><strong>${word}.</strong> ${sentence}</p>
  </li>`

function oneUpdate(incident: IncidentView, update: IncidentView['updates'][number], when: (at: number) => Html): Html {
  if (update.entry === undefined) return entry(when(update.at), sayUpdate(incident, update))
  const { stage, message } = update.entry
  return html`<li id="update-${update.id}">
    <span class="muted small">${when(update.at)}</span>
    <div class="said"><strong>${stageWords[stage]}.</strong> ${markdown(message)}</div>
  </li>`
}

/** Which components it is about, and what each is meanwhile. */
function affects({ told }: IncidentView, view: PageView): Html | null {
  if (told === null || told.affected.length === 0) return null
  const names = new Map(componentsOf(view.groups).map(({ key, name }) => [key, name]))
  const known = told.affected.filter(({ component }) => names.has(component))
  if (known.length === 0) return null
  const words = known.map(
    ({ component, status }, index) =>
      html`${index > 0 && ', '}<bdi>${names.get(component)}</bdi>${status !== null && ` (${sayStatus(status)})`}`,
  )
  return html`Affects ${words}.`
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
      ${view.pastIncidents.map((day) => oneDay(day, view.key, times))}
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

function oneDay(day: HistoryDay, page: string, times: Times): Html {
  const told = day.incidents.slice(0, perDay)
  const more = day.incidents.length - told.length
  const quiet = day.incidents.length + day.running.length === 0
  return html`<li>
    <h3><time datetime="${day.date}">${sayDate(day.date)}</time></h3>
    <div>
      ${quiet && html`<p class="muted">No incidents</p>`}
      ${day.running.map((incident) => through(incident, day.date, times))}
      ${told.map((incident) => past(incident, page, day.date, times))}
      ${more > 0 && html`<p class="muted">and ${more} more</p>`}
    </div>
  </li>`
}

/** A line about what is told elsewhere on the page: above while it runs, or on the day it began. */
function through(incident: IncidentView, date: string, times: Times): Html {
  const began = times.date(incident.startedAt) === date
  const words = began ? `since ${times.time(incident.startedAt)}, still going on` : 'continued'
  return html`<p class="past">
    ${shape(incident.impact === 'operational' ? markOf(incident) : incident.impact)}
    <a href="#${anchor(incident)}"><bdi>${incident.name}</bdi></a> <span class="muted small">${words}</span>
  </p>`
}

function past(incident: IncidentView, page: string, date: string, times: Times): Html {
  const { startedAt, updates, told } = incident
  const ended = endOf(incident)
  const clock = (at: number) => moment(at, times.date(at) === date ? times.time(at) : times.stamp(at))
  const word = incident.impact === 'operational' ? wordOf(incident) : sayStatus(incident.impact)
  return html`<article class="past" id="${anchor(incident)}">
    <h4>${shape(markOf(incident))} ${heading(incident, word, page)}</h4>
    <p class="muted small">
      ${clock(startedAt)} to ${clock(ended)} ${times.zone(ended)}, ${sayLength(ended - startedAt)}
    </p>
    ${
      (updates.length > 2 || told !== null) &&
      html`<ol class="updates small">
        ${updates.slice(0, updatesMost).map((update) => oneUpdate(incident, update, clock))} ${earlier(incident)}
      </ol>`
    }
  </article>`
}
