// Renders a public page: the answer first, then what is happening, the components, and the history.
// Promises one complete document without scripts, the same bytes for the same view. Must not know the store.
import { type ComponentStatus, worstComponent } from '#core/component.ts'
import { freshFor } from '#core/doubt.ts'
import { type Html, html } from '#platform/html.ts'
import { bar } from './bar.ts'
import { frame, moment } from './frame.ts'
import { history, maintenance, running } from './incidents.ts'
import { type ComponentView, componentsOf, type GroupView, type PageView } from './model.ts'
import { shape } from './shapes.ts'
import { openTimes, type Times } from './times.ts'
import { answerOf, sayLength, sayPercent, sinceWhen, statusWords } from './words.ts'

/** With no more components than this all groups stand open. */
const few = 10

/** A page left open loads itself again so often; seldom where groups that a reader opened would close again. */
const refreshSeconds = { often: 60, seldom: 300 } as const

/** The days of one component as a table. */
export const daysPath = (page: string, component: string): string =>
  `/p/${encodeURIComponent(page)}/days/${encodeURIComponent(component)}`

/** The whole document. The page must have components; `emptyPage` is for those that have none. */
export function renderPage(view: PageView): string {
  const times = openTimes(view.zone)
  const answer = answerOf(view)
  const total = componentsOf(view.groups).length
  return frame({
    refresh: total <= few ? refreshSeconds.often : refreshSeconds.seldom,
    title: `${answer} – ${view.title}`,
    description: view.description ?? `${view.title}: ${answer}.`,
    brand: view.title,
    status: view.overall.status,
    answer,
    under: asOf(view, times),
    lead: view.description === null ? null : html`<p class="lead muted" dir="auto">${view.description}</p>`,
    main: html`${[notice, running, maintenance, components, history].map((part) => part(view, times))}`,
    links: feedLinks(view),
    foot: html`Times are in ${times.zone(view.now)}${view.zone !== 'UTC' && '; a day of the bars is a day in UTC'}.
      Follow: <a href="${filePath(view, 'history.atom')}">Atom</a>, <a href="${filePath(view, 'history.rss')}">RSS</a>,
      <a href="${filePath(view, 'maintenance.ics')}">calendar of maintenance</a>.`,
  })
}

const filePath = (view: PageView, name: string): string => `/p/${encodeURIComponent(view.key)}/${name}`

/** For feed readers that are handed the page's own address. */
const feedLinks = (view: PageView): Html =>
  html`<link rel="alternate" type="application/atom+xml" title="Incidents" href="${filePath(view, 'history.atom')}" />
    <link rel="alternate" type="application/rss+xml" title="Incidents" href="${filePath(view, 'history.rss')}" />
    <link rel="alternate" type="text/calendar" title="Maintenance" href="${filePath(view, 'maintenance.ics')}" />`

/** `as of 14:05 UTC, 21 November 2026`: when it was read; of what is unknown, now. */
export function asOf(view: PageView, times: Times): Html {
  const at = view.staleSince === null ? view.asOf : view.now
  return html`as of ${moment(at, `${times.time(at)} ${times.zone(at)}`)}, ${times.day(at)}`
}

/** Said when the page could not be read anew. */
function notice(view: PageView, times: Times): Html | null {
  const age = view.now - view.asOf
  if (age === 0) return null
  const at = `${times.time(view.asOf)} ${times.zone(view.asOf)}`
  const old = age < freshFor ? 'under a minute' : sayLength(age).replace(/min$/, age < 120_000 ? 'minute' : 'minutes')
  return html`<p class="notice" role="status">
    <strong>Data is ${old} old.</strong> News cannot be read at the moment; what stands here was true at ${at}.
  </p>`
}

function components(view: PageView, times: Times): Html {
  const total = componentsOf(view.groups).length
  return html`<section aria-labelledby="components">
    <div class="beside">
      <h2 id="components">Components</h2>
      <p class="muted small">
        Last <span class="desk">90 days, today at the right</span><span class="phone">30 days; uptime over 90</span>
      </p>
    </div>
    ${view.groups.map((group) => oneGroup(group, view, times, total))} ${legend}
  </section>`
}

function oneGroup(group: GroupView, view: PageView, times: Times, total: number): Html | null {
  if (group.components.length === 0) return null
  const rows = html`<ul class="rows">
    ${group.components.map((one) => row(one, view, times, group.name !== null))}
  </ul>`
  if (group.name === null) return html`<div class="group">${rows}</div>`
  const status = worstComponent(group.components.map((component) => component.status))
  const open = isOpen(group, status, total)
  return html`<details class="group" ${open && html`open`}>
    <summary>
      <div class="row summary">
        <h3>${group.name}</h3>
        <p class="state">${shape(status)}${statusWords[status]}</p>
      </div>
    </summary>
    ${rows}
  </details>`
}

/** Whether a reader sees its components without opening it. */
function isOpen({ collapsed }: GroupView, status: ComponentStatus, total: number): boolean {
  if (collapsed === 'never' || collapsed === 'always') return collapsed === 'never'
  return status !== 'operational' || (collapsed === null && total <= few)
}

function row(component: ComponentView, view: PageView, times: Times, deep: boolean): Html {
  const { status } = component
  const words =
    component.link === null
      ? html`${component.name}`
      : html`<a class="named" href="${component.link}" rel="noopener noreferrer nofollow">${component.name}</a>`
  const name = deep ? html`<h4 dir="auto">${words}</h4>` : html`<h3 dir="auto">${words}</h3>`
  return html`<li id="component-${component.key}">
    <div class="row">
      ${name}
      <p class="state">${shape(status)}${statusWords[status]}</p>
    </div>
    ${component.description !== null && html`<p class="muted small" dir="auto">${component.description}</p>`}
    ${detail(component, view, times)}
    <div class="line">
      ${bar(component, daysPath(view.key, component.key))}
      <p class="percent small number">${percent(component, view, times)}</p>
    </div>
  </li>`
}

/** Why and since when it is not well. */
function detail(component: ComponentView, view: PageView, times: Times): Html | null {
  const { status, since, sentence } = component
  if (status === 'operational') return null
  const began =
    since !== null && html`Since ${moment(since, sinceWhen(since, view, times))}, for ${sayLength(view.now - since)}. `
  return html`<p class="muted small">${began}${sentence}</p>`
}

/** The percent leads to the table; what it means is there for those who only hear it. */
function percent(component: ComponentView, view: PageView, times: Times): Html {
  const { uptime90, knownSince: since, incidentsCount: count } = component
  const incidents = `${count === 0 ? 'no' : count} ${count === 1 ? 'incident' : 'incidents'}`
  const words = uptime90 === null ? html`<span class="hidden">uptime unknown</span>–` : html`${sayPercent(uptime90)}`
  const today = since !== null && times.date(since) === times.date(view.now)
  const known = since !== null && html` <span>since ${today ? times.time(since) : times.short(since)}</span>`
  return html`<a href="${daysPath(view.key, component.key)}"
    >${words}${known}<span class="hidden">${known === false && ' over 90 days'}; ${incidents}. Day by day</span></a
  >`
}

const swatch = (status: string, path = 'M4.5 0v15') =>
  html`<svg class="swatch" aria-hidden="true" viewBox="0 0 9 15"><path class="${status}" d="${path}" /></svg>`

const legend = html`<ul class="legend muted small" aria-label="What the bars show">
  <li>${swatch('operational')}operational</li>
  <li>${swatch('degraded')}degraded</li>
  <li>${swatch('partial_outage')}partial outage</li>
  <li>${swatch('major_outage')}major outage</li>
  <li>${swatch('maintenance', 'M1 1h7v13h-7z')}maintenance</li>
  <li>${swatch('unknown')}no data</li>
</ul>`
