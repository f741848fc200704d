// The page's files for programs: their shapes, and that no text of anybody breaks them.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { goldenNow, goldenPages, goldenView } from '#test/golden-pages.ts'
import { badgeColours } from './badge.ts'
import { fileOf, isFile } from './files.ts'
import { componentsOf, type PageView } from './model.ts'
import { silenced } from './model.ts'
import { hostile, hour, newsView, readXml } from './testing.ts'

const base = 'https://status.example.com'
const text = (name: string, view: PageView, from = base): string => {
  const file = fileOf(name, view, from)
  assert.ok(file, name)
  return file.text
}
type Row = Record<string, unknown>
const json = (name: string, view: PageView) => JSON.parse(text(`api/v2/${name}`, view)) as Record<string, Row & Row[]>
const textsOf = (xml: string, name: string) => readXml(xml).flatMap((one) => (one.name === name ? one.text : []))

describe('the JSON that readers of Statuspage know', () => {
  it('names page, status, components, running incidents and maintenance in its summary', async () => {
    const told = json('summary.json', await newsView())
    assert.deepEqual(Object.keys(told).toSorted(), [
      'components',
      'incidents',
      'page',
      'scheduled_maintenances',
      'status',
    ])
    assert.deepEqual(told['status'], { indicator: 'none', description: 'All systems operational' })
    assert.deepEqual(
      [told['page']?.['id'], told['page']?.['url'], told['page']?.['time_zone']],
      ['main', `${base}/p/main`, 'UTC'],
    )
    assert.deepEqual(
      told['incidents']?.map(({ id, status, impact, shortlink }) => [id, status, impact, shortlink]),
      [['12', 'monitoring', 'minor', `${base}/p/main/incidents/12`]],
    )
  })

  it('tells every incident with its updates, newest first, and when it was over', async () => {
    const all = json('incidents.json', await newsView())['incidents'] ?? []
    const [one, other] = all as (Row & { incident_updates: Row[] })[]
    assert.deepEqual(
      one?.incident_updates.map(({ id, status }) => [id, status]),
      [
        ['2', 'monitoring'],
        ['1', 'investigating'],
      ],
    )
    assert.equal(one?.incident_updates[0]?.['body'], 'We look into it.')
    assert.equal(one?.['resolved_at'], null)
    assert.deepEqual(
      [other?.['status'], other?.['resolved_at']],
      ['resolved', new Date(goldenNow - 49 * hour).toISOString()],
    )
  })

  it('divides maintenance into what lasts and what is to come, announced incidents with it', async () => {
    const view = await newsView()
    const ids = (name: string) => json(name, view)['scheduled_maintenances']?.map(({ id, status }) => [id, status])
    const [active, next] = [
      ['maintenance-6', 'in_progress'],
      ['maintenance-5', 'scheduled'],
    ]
    assert.deepEqual(ids('scheduled-maintenances/active.json'), [active])
    assert.deepEqual(ids('scheduled-maintenances/upcoming.json'), [next, ['13', 'scheduled']])
    assert.deepEqual(ids('scheduled-maintenances.json'), [active, next, ['13', 'scheduled']])
  })

  it('lists components under their groups, each at its place', async () => {
    const view = await goldenView(goldenPages['all-well'])
    const rows = json('components.json', view)['components'] ?? []
    assert.equal(rows.filter(({ group }) => group !== true).length, view.overall.total)
    assert.deepEqual(
      rows.map(({ position }) => position),
      rows.map((_, index) => index + 1),
    )
    for (const { group, id, components } of rows) {
      if (group !== true) continue
      const members = rows.filter((row) => row['group_id'] === id).map((row) => row['id'])
      assert.deepEqual(components, members)
    }
  })

  it('dates no component before the page was watched', async () => {
    const since = goldenNow - 3 * hour
    const view = { ...(await newsView()), watchedSince: since }
    for (const { created_at: at } of json('components.json', view)['components'] ?? [])
      assert.ok(Date.parse(String(at)) >= since)
  })

  it('never calls well what is unknown', async () => {
    const view = await newsView()
    const silent = { ...view, ...silenced(view, goldenNow - hour) }
    const told = json('summary.json', silent)
    assert.equal(told['status']?.['indicator'], 'minor')
    assert.match(String(told['status']?.['description']), /^Status unknown since/)
    for (const { status } of told['components'] ?? []) assert.equal(status, 'degraded_performance')
  })

  it('is the same text for as long as nothing is news', async () => {
    const later = { ...(await newsView()), now: goldenNow + 15_000, asOf: goldenNow + 15_000 }
    for (const name of ['api/v2/summary.json', 'history.atom', 'history.rss', 'maintenance.ics', 'badge/status.svg'])
      assert.equal(text(name, later), text(name, await newsView()), name)
  })
})

describe('a feed', () => {
  it('has an entry for each incident, the newest news first, with links that lead to it', async () => {
    const atom = text('history.atom', await newsView())
    assert.deepEqual(textsOf(atom, 'id'), [
      'tag:status.example.com,2026:main/incidents',
      ...[12, 13, 11].map((id) => `tag:status.example.com,2026:main/incidents/${id}`),
    ])
    assert.equal(textsOf(atom, 'title')[1], 'Orders: watching')
    assert.match(textsOf(atom, 'content')[0] ?? '', /<strong>look<\/strong>/)
    const rss = text('history.rss', await newsView())
    assert.deepEqual(textsOf(rss, 'guid').length, 3)
    assert.equal(textsOf(rss, 'link')[1], `${base}/p/main/incidents/12`)
    assert.match(textsOf(rss, 'pubDate')[0] ?? '', /^\w{3}, \d{2} \w{3} \d{4} [\d:]{8} GMT$/)
  })

  it('keeps the id of an incident when news of it makes it newer', async () => {
    const view = await newsView()
    const [first] = view.incidents
    assert.ok(first?.told)
    const news = { ...first, told: { ...first.told, title: 'Other', updatedAt: goldenNow } }
    const [before, after] = [view, { ...view, incidents: [news] }].map((one) => text('history.atom', one))
    assert.equal(textsOf(after ?? '', 'id')[1], textsOf(before ?? '', 'id')[1])
    assert.ok((textsOf(after ?? '', 'updated')[1] ?? '') > (textsOf(before ?? '', 'updated')[1] ?? ''))
  })

  it('is well-formed whatever people wrote, and nothing of it runs', async () => {
    for (const bad of hostile) {
      const view = { ...(await newsView(bad, bad)), title: bad, description: bad, key: bad.toWellFormed() }
      for (const name of ['history.atom', 'history.rss']) {
        const all = readXml(text(name, view, ''))
        for (const one of all.filter((element) => ['content', 'description'].includes(element.name)))
          assert.doesNotMatch(one.text, /<script|<img|href="javascript/i)
      }
    }
  })

  it('of a page without incidents is still one', async () => {
    const view = await goldenView(goldenPages['all-well'])
    assert.equal(textsOf(text('history.atom', { ...view, incidents: [] }), 'updated').length, 1)
    readXml(text('history.rss', { ...view, incidents: [] }))
  })
})

describe('the calendar of maintenance', () => {
  it('has an event for each window', async () => {
    const lines = text('maintenance.ics', await newsView()).split('\r\n')
    assert.ok(lines.includes('DTSTART:20261121T150500Z'))
    assert.ok(lines.includes('DTEND:20261121T170500Z'))
    assert.equal(lines.filter((line) => line === 'BEGIN:VEVENT').length, 2)
    assert.equal(new Set(lines.filter((line) => line.startsWith('UID:'))).size, 2)
  })

  it('holds every text within its line, folded at 75 bytes', async () => {
    for (const bad of hostile) {
      const view = await newsView(bad, bad)
      const file = text('maintenance.ics', { ...view, title: bad, key: bad.toWellFormed() })
      const lines = file.split('\r\n')
      assert.equal(lines.pop(), '')
      for (const line of lines) {
        assert.ok(Buffer.byteLength(line) <= 75, line)
        assert.doesNotMatch(line, /\p{Cc}|\u2028/u)
      }
      assert.equal(file.replaceAll('\r\n ', '').match(/^[A-Z-]+[:;]/gm)?.length, 7 + 8 + 2 * 11 + 1)
      assert.equal(lines.filter((line) => line === 'END:VCALENDAR').length, 1)
      assert.ok(file.isWellFormed())
    }
  })
})

describe('a badge', () => {
  it('says the status or the uptime of the page, a component and a group', async () => {
    const view = await goldenView(goldenPages['all-well'])
    const group = view.groups.find(({ name }) => name !== null)
    const [component] = componentsOf(view.groups)
    const title = (name: string) => textsOf(text(`badge/${name}.svg`, view), 'title')[0]
    assert.equal(title('status'), 'Example status: operational')
    assert.match(title('uptime') ?? '', /^Example status uptime: [\d.]+ %$/)
    assert.equal(title(`components/${component?.key}/status`), `${component?.name}: operational`)
    assert.equal(title(`groups/${group?.key}/status`), `${group?.name}: operational`)
    assert.match(title(`groups/${group?.key}/uptime`) ?? '', / uptime: /)
  })

  it('of what is not there is none', async () => {
    const view = await goldenView(goldenPages['all-well'])
    for (const name of ['components/x/status', 'groups/x/uptime', 'other', 'components/status', '../status'])
      assert.equal(fileOf(`badge/${name}.svg`, view, base), null, name)
  })

  it('stays a picture whatever people wrote', async () => {
    for (const bad of hostile) {
      const view = { ...(await newsView()), title: bad }
      const all = readXml(text('badge/status.svg', view))
      assert.ok(!all.some(({ name }) => ['script', 'img', 'foreignObject', 'a'].includes(name)))
      assert.ok(Number(all.at(-1)?.attributes['width']) < 1_000)
    }
  })

  it('has white letters at 4.5:1 on each colour', () => {
    const part = (hex: string) => {
      const share = Number.parseInt(hex, 16) / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    }
    for (const colour of [...Object.values(badgeColours), '#4a4f57']) {
      const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => part(colour.slice(at, at + 2)))
      assert.ok(1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05) >= 4.5, colour)
    }
  })
})

describe('the name of a file', () => {
  it('is one of ours or none', () => {
    for (const name of ['api/v2/summary.json', 'api/v2/incidents/unresolved.json', 'history.atom', 'badge/status.svg'])
      assert.ok(isFile(name), name)
    for (const name of [
      'api/v2/monitors',
      'api/v2/x.json',
      'api/v2/toString',
      'constructor',
      'robots.txt',
      'api/status',
    ])
      assert.ok(!isFile(name), name)
  })
})
