// What tests of the page's files share: a page with every kind of news, and whether a text is well-formed XML.
// Promises a strict reading: what is not understood is a fault.
import assert from 'node:assert/strict'
import { goldenNow, goldenPages, goldenView } from '#test/golden-pages.ts'
import type { IncidentView, MaintenanceView, PageView } from './model.ts'

export const hour = 3_600_000

/** Texts that broke somebody's document once. */
export const hostile = [
  '</title><script>alert(1)</script>',
  ']]>&amp;&bogus;"\'<!--',
  'a\u0000b\u0008c\u001Bd\uFFFEe\uD800f',
  'x\r\nEND:VCALENDAR\r\nATTENDEE:a;b,c\\n',
  '\u2028line\u0085two\u202E🦆'.repeat(30),
  '[x](javascript:alert(1)) <img src=x onerror=alert(1)>',
  '${7*7}{{7*7}}$& $1',
]

export async function newsView(name = 'Orders', message = 'We **look** into it.'): Promise<PageView> {
  const view = await goldenView(goldenPages['all-well'], goldenNow)
  const component = view.groups.flatMap((group) => group.components)[0]?.key ?? ''
  const at = goldenNow - 2 * hour
  const told = {
    title: name,
    stage: 'watching' as const,
    visible: true,
    pinned: false,
    affected: [{ component, status: 'degraded' as const }],
    postmortem: message,
    meta: {},
    by: 'somebody',
    createdAt: at,
    updatedAt: at + hour,
  }
  const incident: IncidentView = {
    id: 12,
    component,
    name,
    phase: 'open',
    impact: 'degraded',
    status: 'degraded',
    startedAt: at,
    phaseAt: at,
    told,
    updates: [
      { id: 2, at: at + hour, kind: 'told', status: 'degraded', entry: { stage: 'watching', message, by: 'x' } },
      { id: 1, at, kind: 'opened', status: 'degraded' },
    ] as unknown as IncidentView['updates'],
  }
  const automatic: IncidentView = {
    ...incident,
    id: 11,
    phase: 'resolved',
    told: null,
    startedAt: at - 48 * hour,
    phaseAt: at - 47 * hour,
    updates: [
      { id: 4, at: at - 47 * hour, kind: 'resolved', status: 'operational' },
      { id: 3, at: at - 48 * hour, kind: 'opened', status: 'degraded' },
    ] as unknown as IncidentView['updates'],
  }
  const scheduled = { ...incident, id: 13, told: { ...told, stage: 'scheduled' as const }, updates: [] }
  const window: MaintenanceView = {
    id: 5,
    title: name,
    message,
    from: goldenNow + hour,
    until: goldenNow + 3 * hour,
    components: view.groups.flatMap((group) => group.components.map((one) => one.name)).slice(0, 1),
  }
  const running = { ...window, id: 6, from: goldenNow - hour }
  return { ...view, incidents: [incident, automatic, scheduled], maintenance: [running, window] }
}

export interface Element {
  readonly name: string
  readonly text: string
  readonly attributes: Readonly<Record<string, string>>
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

function unescaped(text: string): string {
  assert.doesNotMatch(text, /[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF<]/u)
  assert.ok(text.isWellFormed())
  return text.replaceAll(/&([^;]*);?/g, (all, name: string) => {
    const sign = entities[name]
    assert.ok(sign !== undefined && all.endsWith(';'), `an entity: ${all.slice(0, 20)}`)
    return sign
  })
}

/** Its elements in the order in which they end; fails where it is not well-formed. */
export function readXml(text: string): Element[] {
  const found: Element[] = []
  const open: { name: string; text: string; attributes: Record<string, string> }[] = []
  const rest = text.replace(/^<\?xml version="1\.0" encoding="utf-8"\?>\n/, '').trim()
  let roots = 0
  for (const [, between = '', slash, name = '', inside = '', empty] of rest.matchAll(
    /([^<]*)<(\/?)([A-Za-z][\w:]*)((?:\s+[\w:-]+="[^"]*")*)\s*(\/?)>/g,
  )) {
    const above = open.at(-1)
    if (above) above.text += unescaped(between)
    else assert.equal(between.trim(), '')
    if (slash) {
      const ended = open.pop()
      assert.equal(ended?.name, name)
      if (ended) found.push(ended)
      continue
    }
    if (open.length === 0) roots += 1
    const pairs = [...inside.matchAll(/([\w:-]+)="([^"]*)"/g)]
    const attributes = Object.fromEntries(pairs.map(([, key = '', value = '']) => [key, unescaped(value)]))
    assert.equal(Object.keys(attributes).length, pairs.length, 'each attribute once')
    const element = { name, text: '', attributes }
    if (empty) found.push(element)
    else open.push(element)
  }
  const length = [...rest.matchAll(/<[^>]*>/g)].length
  const matched = [...rest.matchAll(/<\/?[A-Za-z][\w:]*(?:\s+[\w:-]+="[^"]*")*\s*\/?>/g)].length
  assert.deepEqual([open.length, roots, length], [0, 1, matched])
  return found
}
