// Links between the entries of one file: channels that rules tell, monitors that rules and components choose.
// Promises a fault for a channel that does not exist, a warning for a choice that chooses nothing. Pure.
import type { ChannelKind } from '#channels/channel.ts'
import { orderOf, derivedMost, sayWay } from '#core/members.ts'
import { quote, unknownWord } from './faults.ts'
import { type Entry, isEntry } from './entry.ts'
import type { ChannelModel, Fault, MonitorModel, PageModel, RuleModel, ServerModel } from './model.ts'
import { unmatched } from './selection.ts'

export const sections = ['monitors', 'channels', 'rules', 'pages'] as const
export type Section = (typeof sections)[number]

/** An entry of the file, and its meaning if it could be read. */
export interface FileEntry {
  readonly section: Section
  readonly key: string
  readonly spec: unknown
  readonly model: MonitorModel | ChannelModel | RuleModel | PageModel | null
}

/**
 * What entries say of each other: channels that rules tell, monitors that rules and components choose. `server`: what
 * channels may need of it; null: it cannot be read; elsewhere: a server has other channels and monitors beside these,
 * and looks itself.
 */
export function checkLinks(
  entries: readonly FileEntry[],
  channelKinds: Iterable<ChannelKind>,
  server: ServerModel | 'elsewhere' | null,
): { faults: Fault[]; warnings: Fault[] } {
  const of = (section: Section) => entries.filter((entry) => entry.section === section)
  const channels = of('channels').map((entry) => entry.key)
  const all = of('monitors').map(({ key, model }) => ({ key, labels: model && 'labels' in model ? model.labels : {} }))
  const monitors = { all, keys: new Set(all.map((monitor) => monitor.key)) }
  const faults: Fault[] = []
  const warnings: Fault[] = []
  if (server !== null && server !== 'elsewhere') faults.push(...unmet(of('channels'), channelKinds, server))
  const choose = (path: Fault['path'], written: unknown, selector: RuleModel['monitors']) => {
    if (server === 'elsewhere') return
    for (const fault of unmatched(written, selector, monitors))
      warnings.push({ ...fault, path: [...path, 'monitors', ...fault.path] })
  }
  const derived: MonitorModel[] = []
  for (const { key, spec, model } of of('monitors')) {
    if (model === null || !('members' in model) || model.members === null) continue
    derived.push(model)
    choose(['monitors', key, model.kind], ((spec as Entry)[model.kind] as Entry).monitors, model.members)
  }
  faults.push(...goRound(derived), ...sameIds(of('monitors')))
  for (const { key, spec, model } of of('rules')) {
    const tell = isEntry(spec) ? spec.tell : undefined
    for (const [index, told] of (Array.isArray(tell) ? tell : [tell]).entries()) {
      if (typeof told !== 'string' || channels.includes(told) || server === 'elsewhere') continue
      const path = ['rules', key, 'tell', ...(Array.isArray(tell) ? [index] : [])]
      faults.push({ path, message: unknownWord(told, channels, 'the channel') })
    }
    if (model !== null && 'tell' in model) choose(['rules', key], (spec as Entry).monitors, model.monitors)
  }
  for (const { key, spec, model } of of('pages')) {
    if (model === null || !('groups' in model)) continue
    const groups = (spec as { groups: { components: Entry[] }[] }).groups
    for (const [g, group] of model.groups.entries()) {
      for (const [c, component] of group.components.entries())
        choose(['pages', key, 'groups', g, 'components', c], groups[g]?.components[c]?.monitors, component.monitors)
    }
  }
  return { faults, warnings }
}

/** Monitors that follow from themselves, or are too many to tell. */
function goRound(derived: readonly MonitorModel[]): Fault[] {
  const last = derived[derivedMost]
  if (last !== undefined) return [{ path: ['monitors', last.key, last.kind], message: tooMany(last.kind), at: 'key' }]
  return orderOf(derived).circles.map(({ way }) => {
    const [first = ''] = way
    const kind = derived.find(({ key }) => key === first)?.kind ?? ''
    return { path: ['monitors', first, kind, 'monitors'], message: roundabout(first, way) }
  })
}

/** For people: who follows from whom, and how to mend it. */
export const roundabout = (key: string, way: readonly string[]): string =>
  `${quote(key)} would follow from itself: ${sayWay(way)}; choose its monitors so that one of these is left out`
export const tooMany = (kind: string): string =>
  `at most ${derivedMost} monitors may follow from others, such as a ${kind}; join some of them`

/** The secret id under which a monitor reports; null: it has none. */
export function secretId({ alias, config }: MonitorModel): string | null {
  return alias !== null && typeof (config as Entry).id === 'string' ? alias.toLowerCase() : null
}

/** For people: a secret id finds a single monitor. `other`: who has it; null: that may not be told. */
export const sayTaken = (other: string | null): string =>
  `${other === null ? 'another monitor' : `the monitor ${quote(other)}`} has this id already; make one with uuidgen`

/** Monitors that have the secret id of another one. */
function sameIds(monitors: readonly FileEntry[]): Fault[] {
  const known = new Map<string, string>()
  return monitors.flatMap(({ key, model }) => {
    const id = model !== null && 'alias' in model ? secretId(model) : null
    if (id === null || model === null || !('alias' in model)) return []
    const other = known.get(id)
    if (other === undefined) known.set(id, key)
    return other === undefined ? [] : [{ path: ['monitors', key, model.kind, 'id'], message: sayTaken(other) }]
  })
}

/** Channels that need a setting of the top level which is not there. */
function unmet(channels: readonly FileEntry[], kinds: Iterable<ChannelKind>, server: ServerModel): Fault[] {
  const set = { smtp: server.smtp !== null, publicUrl: server.publicUrl !== null }
  const written = { smtp: 'smtp: { url: …, from: … }', publicUrl: 'public_url: …' }
  const byName = new Map([...kinds].map((kind) => [kind.kind, kind]))
  return channels.flatMap(({ key, model }) => {
    if (model === null || !('retry' in model)) return []
    const needs = byName.get(model.kind)?.needs?.(model.config) ?? []
    return needs
      .filter((name) => !set[name])
      .map((name): Fault => {
        const message = `needs ${written[name]} at the top level of the file`
        return { path: ['channels', key, model.kind], message, at: 'key' }
      })
  })
}
