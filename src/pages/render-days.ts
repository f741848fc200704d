// The days of one component as a plain table: all that its bar shows, in words, newest first.
// Promises an anchor for each day (`#d2026-11-21`). Must not know the store.
import { html } from '#platform/html.ts'
import { frame, moment } from './frame.ts'
import { type ComponentView, type PageView, uptimeOf } from './model.ts'
import { asOf } from './render.ts'
import { isoDate, openTimes, sayDate } from './times.ts'
import { dayAnchor, sayDay, sayPercent, sinceWhen, statusWords } from './words.ts'

/** The whole document. */
export function renderDays(view: PageView, component: ComponentView): string {
  const times = openTimes(view.zone)
  const { name, status, uptime90, knownSince: since } = component
  const answer = `${name}: ${statusWords[status].toLowerCase()}`
  const home = `/p/${encodeURIComponent(view.key)}`
  return frame({
    title: `${answer} – ${view.title}`,
    description: `${name} day by day, on ${view.title}.`,
    brand: `← ${view.title}`,
    home,
    status,
    answer,
    under: asOf(view, times),
    main: html`<section>
      <table>
        <caption>
          <h2>Day by day</h2>
          <p class="muted small">
            ${uptime90 === null ? 'Nothing is known yet' : `${sayPercent(uptime90)} uptime`}
            ${since === null ? 'over the last 90 days' : html`since ${moment(since, sinceWhen(since, view, times))}`}.
            Days are counted in UTC; degraded time counts as up; time without data is left out.
          </p>
        </caption>
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col">Uptime</th>
            <th scope="col">What happened</th>
          </tr>
        </thead>
        <tbody>
          ${component.days.toReversed().map((day) => {
            const uptime = uptimeOf([day])
            const date = isoDate(day.start)
            return html`<tr id="${dayAnchor(day)}">
              <th scope="row">${moment(day.start, sayDate(date))}</th>
              <td class="number">${uptime === null ? '–' : sayPercent(uptime)}</td>
              <td>${sayDay(day) ?? html`<span class="muted">nothing</span>`}</td>
            </tr>`
          })}
        </tbody>
      </table>
    </section>`,
    foot: html`<a href="${home}">All components</a>`,
  })
}
