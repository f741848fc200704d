// Metrics and their points: numbers that programs push, in the shapes of all three generations.
// Promises that a point is found under its own metric alone, and that one that comes again is counted, not kept twice.
import { allows } from '#core/rights.ts'
import type { MetricPoint, MetricSpec, StoredMetric } from '#store/store.ts'
import { must, seesHidden } from './board.ts'
import { type Fields, filtered, listReply, sliceOf, sorted } from './lists.ts'
import { firstPage } from './pages.ts'
import type { Ask, CachetParts, Reply } from './ports.ts'
import { Rules } from './rules.ts'
import { ago, readTime, stamp } from './times.ts'
import { missing, Wrong } from './wrong.ts'

const pointsMost = 10_000
const minute = 60_000

const fields: Fields<StoredMetric> = {
  id: ({ id }) => id,
  name: ({ spec }) => spec.name,
  display_chart: ({ spec }) => Number(spec.drawn),
  default_value: ({ spec }) => spec.defaultValue,
  calc_type: ({ spec }) => Number(spec.calculation === 'average'),
  order: ({ spec }) => spec.order,
  visible: ({ spec }) => spec.visible,
}

const isSeen = ({ spec }: StoredMetric, { caller }: Ask) => spec.visible === 1 || seesHidden(caller)

async function all(parts: CachetParts, ask: Ask): Promise<readonly StoredMetric[]> {
  const found = ask.page === null ? [] : await parts.store.metrics.ofPage(ask.page.key)
  return found.filter((metric) => isSeen(metric, ask))
}

async function found(parts: CachetParts, ask: Ask, id: number): Promise<StoredMetric> {
  const metric = (await all(parts, ask)).find((one) => one.id === id)
  if (metric === undefined) throw missing()
  return metric
}

export async function listMetrics(parts: CachetParts, ask: Ask): Promise<Reply> {
  const seen = await all(parts, ask)
  if (ask.generation === '2015') return { status: 200, body: { data: seen.map(shapeFor(ask)) } }
  // Nothing but an order may be asked for.
  const items = sorted(ask.generation === 'v3' ? filtered(seen, ask, fields) : seen, ask, fields)
  return listReply(ask, sliceOf(items, ask), shapeFor(ask))
}

export async function showMetric(parts: CachetParts, ask: Ask, id: number): Promise<Reply> {
  return { status: 200, body: { data: shapeFor(ask)(await found(parts, ask, id)) } }
}

function read({ given }: Ask, before: MetricSpec | null, old: boolean): MetricSpec {
  const rules = new Rules(given)
  if (before === null) rules.needs('name', 'suffix', ...(old ? [] : ['default_value']))
  const calc = rules.int('calc_type', { least: 0, most: 1 })
  const threshold = rules.int('threshold', { least: 0, most: 60 })
  if (threshold !== undefined && threshold > 0 && 60 % threshold !== 0)
    rules.wrong('threshold', 'Threshold must divide by 60.')
  const view = rules.int(rules.has('view') ? 'view' : 'default_view', { least: 0, most: 3 })
  const usual = before ?? {
    name: '',
    suffix: '',
    description: '',
    calculation: 'sum',
    places: 2,
    defaultValue: 0,
    view: 1,
    threshold: 5,
    order: 0,
    visible: 1,
    drawn: true,
  }
  const spec = {
    name: rules.text('name', { most: 200 }) ?? usual.name,
    suffix: rules.text('suffix', { most: 100 }) ?? usual.suffix,
    description: rules.text('description', { most: 2_000 }) ?? usual.description,
    calculation: calc === undefined ? usual.calculation : calc === 1 ? ('average' as const) : ('sum' as const),
    places: rules.int('places', { least: 0, most: 4 }) ?? usual.places,
    defaultValue: rules.number('default_value') ?? usual.defaultValue,
    view: (view ?? usual.view) as MetricSpec['view'],
    threshold: threshold ?? usual.threshold,
    order: rules.int('order') ?? usual.order,
    visible: (rules.int('visible', { least: 0, most: 2 }) ?? usual.visible) as MetricSpec['visible'],
    drawn: rules.flag('display_chart') ?? usual.drawn,
  }
  rules.done()
  return spec
}

export async function createMetric(parts: CachetParts, ask: Ask): Promise<Reply> {
  must(ask.caller, 'edit')
  const spec = read(ask, null, ask.generation === '2015')
  const page = await firstPage(parts, ask)
  const id = await parts.store.metrics.insert(page, spec, ask.now)
  const metric = { id, page, spec, createdAt: ask.now, updatedAt: ask.now }
  await record(parts, 'created', spec.name, ask.now)
  return { status: ask.generation === 'v3' ? 201 : 200, body: { data: shapeFor(ask)(metric) } }
}

const record = (parts: CachetParts, action: string, name: string, at: number) =>
  parts.store.audit.record({ at, action, type: 'metric', subject: name, changes: [] })

export async function updateMetric(parts: CachetParts, ask: Ask, id: number): Promise<Reply> {
  must(ask.caller, 'edit')
  const before = await found(parts, ask, id)
  const spec = read(ask, before.spec, false)
  await parts.store.metrics.update(id, spec, ask.now)
  await record(parts, 'changed', spec.name, ask.now)
  return { status: 200, body: { data: shapeFor(ask)({ ...before, spec, updatedAt: ask.now }) } }
}

export async function removeMetric(parts: CachetParts, ask: Ask, id: number): Promise<Reply> {
  must(ask.caller, 'edit')
  const metric = await found(parts, ask, id)
  await parts.store.metrics.remove(id)
  await record(parts, 'deleted', metric.spec.name, ask.now)
  return { status: 204, body: null }
}

export async function listPoints(parts: CachetParts, ask: Ask, id: number): Promise<Reply> {
  const metric = await found(parts, ask, id)
  const points = await parts.store.metrics.points(id, pointsMost)
  if (ask.generation === '2015')
    return { status: 200, body: { metric_points: points.map((point) => second(metric, point, ask)) } }
  return listReply(ask, sliceOf(points, ask), (point) => pointFor(ask)(metric, point, ask))
}

export async function showPoint(parts: CachetParts, ask: Ask, id: number, number: number): Promise<Reply> {
  const metric = await found(parts, ask, id)
  const point = (await parts.store.metrics.points(id, pointsMost)).find((one) => one.id === number)
  if (point === undefined) throw missing()
  return { status: 200, body: { data: pointFor(ask)(metric, point, ask) } }
}

/** Numbers are pushed by those who report; whoever may do more may do this. */
function mustPush({ caller }: Ask): void {
  if (caller?.components != null) throw new Wrong(403, `The token "${caller.name}" may speak of components alone.`)
  must(caller, caller !== null && allows(caller.scopes, 'edit') ? 'edit' : 'report')
}

export async function createPoint(parts: CachetParts, ask: Ask, id: number): Promise<Reply> {
  mustPush(ask)
  const metric = await found(parts, ask, id)
  const rules = new Rules(ask.given).needs('value')
  const value = rules.number('value') ?? 0
  const asked = rules.moment('timestamp', (text) => readTime(text, ask.zone))
  rules.done()
  const at = Math.floor((asked ?? ask.now) / 30_000) * 30_000
  const since = at - metric.spec.threshold * minute
  const third = ask.generation === 'v3'
  const before = asked === undefined || third ? await parts.store.metrics.lately(id, third ? null : value, since) : null
  const point =
    before === null
      ? { at, value, count: 1, updatedAt: ask.now }
      : { ...before, count: before.count + 1, updatedAt: ask.now }
  if (before !== null) await parts.store.metrics.changePoint(id, { ...point, id: before.id })
  const number = before?.id ?? (await parts.store.metrics.addPoint(id, point))
  return { status: third ? 201 : 200, body: { data: pointFor(ask)(metric, { ...point, id: number }, ask) } }
}

export async function updatePoint(parts: CachetParts, ask: Ask, id: number, number: number): Promise<Reply> {
  mustPush(ask)
  const metric = await found(parts, ask, id)
  const before = (await parts.store.metrics.points(id, pointsMost)).find((one) => one.id === number)
  if (before === undefined) throw missing()
  const rules = new Rules(ask.given)
  const value = rules.number('value') ?? before.value
  const at = rules.moment('timestamp', (text) => readTime(text, ask.zone)) ?? before.at
  rules.done()
  const point = { ...before, value, at, updatedAt: ask.now }
  await parts.store.metrics.changePoint(id, point)
  return { status: 200, body: { data: pointFor(ask)(metric, point, ask) } }
}

export async function removePoint(parts: CachetParts, ask: Ask, id: number, number: number): Promise<Reply> {
  mustPush(ask)
  await found(parts, ask, id)
  if (!(await parts.store.metrics.removePoint(id, number))) throw missing()
  return { status: 204, body: null }
}

const views = ['Last Hour', 'Last 12 Hours', 'Week', 'Month']
const dated = (at: number, { zone, now }: Ask) => ({ human: ago(at, now), string: stamp(at, zone) })

const shapeFor = (ask: Ask) => (metric: StoredMetric) =>
  ({ '2015': oldMetric, v1: secondMetric, v3: thirdMetric })[ask.generation](metric, ask)

function oldMetric({ id, spec, createdAt, updatedAt }: StoredMetric, _ask: Ask): unknown {
  const { name, description, suffix, drawn } = spec
  const times = { created_at: Math.floor(createdAt / 1_000), updated_at: Math.floor(updatedAt / 1_000) }
  return { id, name, description, suffix, display: drawn, ...times }
}

function settings(spec: MetricSpec) {
  return {
    name: spec.name,
    suffix: spec.suffix,
    description: spec.description,
    default_value: spec.defaultValue,
    calc_type: Number(spec.calculation === 'average'),
    display_chart: spec.drawn,
    places: spec.places,
    default_view: spec.view,
    threshold: spec.threshold,
    order: spec.order,
    visible: spec.visible,
    default_view_name: views[spec.view],
  }
}

function secondMetric({ id, spec, createdAt, updatedAt }: StoredMetric, { zone }: Ask): unknown {
  return { id, ...settings(spec), created_at: stamp(createdAt, zone), updated_at: stamp(updatedAt, zone) }
}

function thirdMetric({ id, spec, createdAt, updatedAt }: StoredMetric, ask: Ask): unknown {
  const attributes = { id, ...settings(spec), created: dated(createdAt, ask), updated: dated(updatedAt, ask) }
  return { id: String(id), type: 'metrics', attributes }
}

const pointFor = ({ generation }: Ask) => (generation === 'v3' ? third : second)

function second(
  { id: metric }: StoredMetric,
  { id, at, value, count, updatedAt }: MetricPoint,
  { zone }: Ask,
): unknown {
  const times = { created_at: stamp(at, zone), updated_at: stamp(updatedAt, zone) }
  return { id, metric_id: metric, value, ...times, counter: count, calculated_value: value * count }
}

function third({ id: metric }: StoredMetric, { id, at, value, count, updatedAt }: MetricPoint, ask: Ask): unknown {
  const counted = { value, counter: count, calculated_value: value * count }
  const attributes = { id, metric_id: metric, ...counted, created: dated(at, ask), updated: dated(updatedAt, ask) }
  return { id: String(id), type: 'metricPoints', attributes }
}
