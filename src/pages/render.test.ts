// The documents: complete, self-contained, honest and safe whatever people call things.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { goldenIncident, goldenNow, goldenPages, goldenView } from '#test/golden-pages.ts'
import { aged, componentsOf } from './model.ts'
import { renderAway, renderEmpty, renderMissing } from './notices.ts'
import { renderDays } from './render-days.ts'
import { renderPage } from './render.ts'

const views = Object.fromEntries(
  await Promise.all(
    Object.entries(goldenPages).map(async ([name, golden]) => [name, await goldenView(golden)] as const),
  ),
)
const viewOf = (name: keyof typeof goldenPages) => {
  const view = views[name]
  assert.ok(view)
  return view
}
const page = (name: keyof typeof goldenPages) => renderPage(viewOf(name))
/** What is read, without tags. */
const read = (html: string) =>
  html
    .replace(/<(style|title|svg)[^>]*>.*?<\/\1>/gs, ' ')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ([,:;.])/g, '$1')

const documents = new Map([
  ...Object.keys(goldenPages).map((name) => [name, page(name as keyof typeof goldenPages)] as const),
  ['empty', renderEmpty(null)],
  ['missing', renderMissing()],
  ['away', renderAway()],
])

describe('every document', () => {
  for (const [name, html] of documents) {
    it(`(${name}) fetches nothing, runs nothing and styles nothing in line`, () => {
      assert.doesNotMatch(
        html,
        /<script[\s>]|<iframe|<img|<link(?! rel="icon" href="data:| rel="alternate")|\sstyle="|\son[a-z]+="/i,
      )
      assert.doesNotMatch(html, /\b(?:src|action)="|url\((?!#)|@import|https?:\/\/(?!example\.com)(?!www\.w3\.org)/i)
    })

    it(`(${name}) has one first heading, a language, and a width for phones`, () => {
      assert.equal(html.match(/<h1[\s>]/g)?.length, 1)
      assert.match(html, /^<!doctype html>\n<html lang="en">/)
      assert.match(html, /name="viewport" content="width=device-width, initial-scale=1"/)
    })

    it(`(${name}) names nothing twice`, () => {
      const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)
      assert.equal(new Set(ids).size, ids.length)
    })
  }
})

describe('a page', () => {
  it('answers first', () => {
    assert.match(read(page('all-well')), /^ *Example status All systems operational as of 14:05 UTC, 21 November 2026/)
    assert.match(read(page('one-outage')), /^ *Example status 2 of 6 components have problems as of 14:05 UTC/)
    assert.match(page('one-outage'), /<title>2 of 6 components have problems – Example status<\/title>/)
  })

  it('names each component with its status in words', () => {
    const text = read(page('every-status'))
    for (const words of ['All is well Operational', 'Slow today Degraded', 'Partly gone Partial outage']) {
      assert.ok(text.includes(words), words)
    }
    for (const words of ['All gone Major outage', 'Being mended Maintenance', 'Nobody knows Unknown']) {
      assert.ok(text.includes(words), words)
    }
  })

  it('sums its bars up for those who cannot see them', () => {
    assert.match(read(page('all-well')), /99\.98 % over 90 days; 1 incident\. Day by day/)
  })

  it('tells what happens now before the components, the newest first', () => {
    const text = read(page('one-outage'))
    const order = ['Happening now: 2 incidents', 'Payments: major outage', 'Search: degraded', '13:45', '13:34']
    const places = [...order, 'Components', 'Past incidents'].map((words) => text.indexOf(words))
    assert.ok(
      places.every((place) => place >= 0),
      String(places),
    )
    assert.deepEqual(
      places,
      places.toSorted((one, other) => one - other),
    )
  })

  it('says of an incident that is mended but not closed that it is recovering', async () => {
    const incident = { ...goldenIncident(5, 'A', 'major_outage', goldenNow - 9e5, null), phase: 'recovering' } as const
    const recovering = { ...incident, status: 'operational', phaseAt: goldenNow - 1e5 } as const
    const golden = { title: 'T', groups: [{ name: null, components: [{ name: 'A', monitors: [{ key: 'a' }] }] }] }
    const text = read(renderPage(await goldenView({ ...golden, incidents: [recovering] })))
    assert.match(text, /Recovering\. A works again\./)
  })

  it('gives each incident an address of its own', () => {
    const html = page('one-outage')
    for (const id of [12, 11, 7, 6]) assert.ok(html.includes(`id="incident-${id}"`), String(id))
  })

  it('says plainly that a day had no incidents', () => {
    assert.equal(read(page('all-well')).match(/No incidents/g)?.length, 14)
  })

  it('says nothing of days before anything was watched, nor of ninety days where there were minutes', () => {
    const text = read(page('first-hour'))
    assert.equal(text.match(/No incidents/g)?.length, 1)
    assert.match(text, /Watched since 13:45 UTC\./)
    assert.match(text, /100 % since 13:45; no incidents\. Day by day/)
    assert.doesNotMatch(text, /over 90 days;/)
    const [website] = componentsOf(viewOf('first-hour').groups)
    assert.ok(website)
    assert.match(read(renderDays(viewOf('first-hour'), website)), /100 % uptime since 13:45 UTC\. Days are counted/)
  })

  it('loads itself again, but seldom where that would close what a reader opened', () => {
    const refresh = (html: string) => /<meta http-equiv="refresh" content="(\d+)" \/>/.exec(html)?.[1]
    assert.equal(refresh(page('all-well')), '60')
    assert.equal(refresh(page('thirty')), '300')
    assert.equal(refresh(renderEmpty(null)), '60')
    assert.equal(refresh(renderMissing()), undefined)
  })

  it('tells what hurts most first, and what began together in the order of the page', async () => {
    const names = ['A', 'B', 'C', 'D']
    const components = names.map((name) => ({ name, monitors: [{ key: name.toLowerCase() }] }))
    const open = (id: number, name: string, impact: 'degraded' | 'major_outage', ago: number) =>
      goldenIncident(id, name, impact, goldenNow - ago, null)
    const incidents = [
      open(4, 'D', 'degraded', 6e5),
      open(3, 'B', 'major_outage', 9e5),
      open(2, 'C', 'major_outage', 9e5),
    ]
    const mended = { ...open(1, 'A', 'major_outage', 3e5), phase: 'recovering', status: 'operational' } as const
    const golden = { title: 'T', groups: [{ name: null, components }], incidents: [mended, ...incidents] }
    const view = await goldenView(golden)
    assert.deepEqual(
      view.activeIncidents.map(({ name }) => name),
      ['B', 'C', 'D', 'A'],
    )
  })

  it('opens the groups that are not well, and all of them when there are few components', () => {
    const open = (name: keyof typeof goldenPages) => page(name).match(/<details class="group" open>/g)?.length
    assert.equal(open('thirty'), 2)
    assert.equal(open('all-well'), 2)
  })

  it('prints times for programs too, and in its own zone', () => {
    assert.match(page('every-status'), /<time datetime="2026-11-21T14:05:00Z">15:05 CET<\/time>/)
    assert.match(read(page('every-status')), /Times are in CET; a day of the bars is a day in UTC\./)
  })

  it('is never green out of silence', () => {
    const text = read(page('silent'))
    assert.match(text, /Status unknown since 13:23 UTC/)
    assert.doesNotMatch(text.replace(/operational degraded partial outage.*?no data/, ''), /operational/i)
  })

  it('says how old its data is when no news can be read', () => {
    const text = read(renderPage(aged(viewOf('all-well'), goldenNow + 8 * 60_000)))
    assert.match(text, /Status unknown since 14:05 UTC as of 14:13 UTC/)
    assert.match(text, /Data is 8 minutes old\./)
    assert.match(read(renderPage(aged(viewOf('all-well'), goldenNow + 20_000))), /Data is under a minute old\./)
  })

  it('weighs at most 20 kB compressed with thirty components of ninety days', () => {
    assert.ok(gzipSync(page('thirty')).length <= 20_000)
  })

  it('takes names for text, whatever is in them', () => {
    const html = page('long-names')
    assert.ok(html.includes('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;'))
    assert.ok(html.includes('&lt;b&gt;bold&lt;/b&gt;'))
  })

  it('is the same bytes for the same view', () => {
    assert.equal(page('thirty'), page('thirty'))
  })
})

describe('the table of days', () => {
  const view = viewOf('one-outage')
  const [, payments] = componentsOf(view.groups)
  assert.ok(payments)
  const html = renderDays(view, payments)

  it('has a row for each of the ninety days, newest first', () => {
    const rows = [...html.matchAll(/<tr id="d([\d-]+)"/g)].map(([, date]) => date)
    assert.equal(rows.length, 90)
    assert.deepEqual([rows[0], rows[1]], ['2026-11-21', '2026-11-20'])
  })

  it('says in words what a day had', () => {
    assert.match(read(html), /Thu 12 Nov 98\.47 % major outage 22 min/)
  })

  it('leads back to its page', () => {
    assert.match(html, /<a href="\/p\/main">/)
  })
})

describe('the empty page', () => {
  it('says that nothing is published, and what to write where', () => {
    const text = read(renderEmpty(null))
    assert.match(text, /Nothing is published here yet/)
    assert.match(text, /allswell\.yaml/)
    assert.match(text, /version: 1 monitors: website: http:/)
  })

  it('keeps the line breaks of what is to be copied', () => {
    assert.match(renderEmpty(null), /version: 1\nmonitors:\n {2}website:\n {4}http:/)
  })
})
