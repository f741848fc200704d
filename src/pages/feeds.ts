// The incidents of a page with their updates as Atom and RSS.
// Promises well-formed XML, one entry for each incident whose id never changes, and news of it as a newer `updated`.
import { escapeHtml, Html, html } from '#platform/html.ts'
import { markdown } from '#platform/markdown.ts'
import { incidentPath, updatedAt } from './incidents.ts'
import type { IncidentView, PageView } from './model.ts'
import { openTimes } from './times.ts'
import { sayUpdate, stageWords, statusWords } from './words.ts'
import { xmlText } from './xml.ts'

/** So many incidents are in a feed, and so many updates of one. */
const most = { incidents: 50, updates: 50 } as const

const pagePath = (view: PageView): string => `/p/${encodeURIComponent(view.key)}`

/** A name that no other server has and that stays for as long as this one has its address; never followed. */
export const nameOf = (view: PageView, base: string, what: string): string =>
  `tag:${/^https?:\/\/([^/:@]+)/.exec(base)?.[1] ?? 'allswell.invalid'},2026:${encodeURIComponent(view.key)}/${what}`

/** Those with the newest news first. */
function newest(view: PageView): IncidentView[] {
  return view.incidents.toSorted((one, other) => updatedAt(other) - updatedAt(one)).slice(0, most.incidents)
}

function titleOf({ name, told, phase, status }: IncidentView): string {
  if (told !== null) return `${name}: ${stageWords[told.stage].toLowerCase()}`
  const word = phase === 'resolved' ? 'resolved' : phase === 'recovering' ? 'recovering' : statusWords[status]
  return `${name}: ${word.toLowerCase()}`
}

/** All that was said of it, newest first, as HTML. */
function contentOf(incident: IncidentView, view: PageView): string {
  const times = openTimes(view.zone)
  const { updates, told } = incident
  const said = updates.slice(0, most.updates).map((update) => {
    const when = html`<small>${times.stamp(update.at)} ${times.zone(update.at)}</small>`
    if (update.entry !== undefined)
      return html`<p>${when}<br /><strong>${stageWords[update.entry.stage]}.</strong></p>
        ${markdown(update.entry.message)}`
    const [word, sentence] = sayUpdate(incident, update)
    return html`<p>${when}<br /><strong>${word}.</strong> ${sentence}</p>`
  })
  const more = updates.length - said.length
  const after =
    told?.postmortem == null
      ? null
      : html`<h4>What happened</h4>
          ${markdown(told.postmortem)}`
  return html`${said}${more > 0 && html`<p>and ${more} earlier</p>`}${after}`.text
}

const feedUpdated = (view: PageView, entries: readonly IncidentView[]): number =>
  entries.length === 0 ? (view.watchedSince ?? 0) : Math.max(...entries.map(updatedAt))

const iso = (at: number): string => new Date(at).toISOString()
const x = (text: string): Html => new Html(xmlText(text))

/** RFC 4287. */
export function atom(view: PageView, base: string): string {
  const entries = newest(view)
  const home = `${base}${pagePath(view)}`
  return html`<?xml version="1.0" encoding="utf-8"?>
    <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
      <id>${x(nameOf(view, base, 'incidents'))}</id>
      <title>${x(view.title)}</title>
      ${view.description !== null && html`<subtitle>${x(view.description)}</subtitle>`}
      <updated>${iso(feedUpdated(view, entries))}</updated>
      <author><name>${x(view.title)}</name></author>
      <link rel="alternate" type="text/html" href="${x(home)}" />
      <link rel="self" type="application/atom+xml" href="${x(`${home}/history.atom`)}" />
      ${entries.map(
        (one) =>
          html`<entry>
            <id>${x(nameOf(view, base, `incidents/${one.id}`))}</id>
            <title>${x(titleOf(one))}</title>
            <published>${iso(one.startedAt)}</published>
            <updated>${iso(updatedAt(one))}</updated>
            <link rel="alternate" type="text/html" href="${x(`${base}${incidentPath(view.key, one.id)}`)}" />
            <content type="html">${x(contentOf(one, view))}</content>
          </entry>`,
      )}
    </feed> `.text
}

/** RSS 2.0. */
export function rss(view: PageView, base: string): string {
  const entries = newest(view)
  const home = `${base}${pagePath(view)}`
  return html`<?xml version="1.0" encoding="utf-8"?>
    <rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">
      <channel>
        <title>${x(view.title)}</title>
        <link>${x(home)}</link>
        <description>${x(escapeHtml(view.description ?? `Incidents of ${view.title}`))}</description>
        <language>en</language>
        <lastBuildDate>${new Date(feedUpdated(view, entries)).toUTCString()}</lastBuildDate>
        <atom:link rel="self" type="application/rss+xml" href="${x(`${home}/history.rss`)}"/>
        ${entries.map(
          (one) =>
            html`<item>
            <guid isPermaLink="false">${x(nameOf(view, base, `incidents/${one.id}`))}</guid>
            <title>${x(titleOf(one))}</title>
            <link>${x(`${base}${incidentPath(view.key, one.id)}`)}</link>
            <pubDate>${new Date(updatedAt(one)).toUTCString()}</pubDate>
            <description>${x(contentOf(one, view))}</description>
          </item>`,
        )}
      </channel>
    </rss>
    `.text
}
