// Reading one entry: from what people wrote (a manifest, the API, the store) to its complete meaning.
// Promises one meaning wherever an entry comes from, and all of its faults at once. Must not name any kind.
import type { ChannelKind } from '#channels/channel.ts'
import type { Kind } from '#checks/check.ts'
import { hostOf } from '#checks/host.ts'
import { formatDuration } from '#core/duration.ts'
import { reportKey } from '#core/component.ts'
import type { Policy } from '#core/policy.ts'
import { loopback, metadataNetworks, privateNetworks } from '#platform/networks.ts'
import { componentKeys, keysOfGroups } from './component-keys.ts'
import { type Entry, failed, faultsOf, takeApart } from './entry.ts'
import { quote, readBy } from './faults.ts'
import type {
  ChannelModel,
  ComponentModel,
  Fault,
  MonitorModel,
  PageModel,
  Read,
  Readers,
  RuleModel,
  ServerModel,
} from './model.ts'
import {
  channelFields,
  type componentFields,
  key as keySchema,
  monitorFields,
  pageFields,
  ruleFields,
  serverFields,
} from './schema.ts'
import { signInModel } from './sign-in.ts'

/** The kinds that entries may name: arrays or maps of them. */
export interface Registries {
  readonly kinds: { values(): Iterable<Kind> }
  readonly channelKinds: { values(): Iterable<ChannelKind> }
}

/** The meaning of entries. Every `read…` takes the entry as it is written and never throws. */
export interface Manifest extends Registries, Readers {
  /** The top level of a manifest without its entries: smtp, public_url, networks, heartbeats, metrics, keep. */
  readServer(spec: unknown): Read<ServerModel>
}

export function openManifest(registries: Registries): Manifest {
  const kinds = [...registries.kinds.values()]
  const channelKinds = [...registries.channelKinds.values()]
  return {
    kinds,
    channelKinds,
    readMonitor: (key, spec) => withKey(key, readMonitor(kinds, key, spec)),
    readChannel: (key, spec) => withKey(key, readChannel(channelKinds, key, spec)),
    readRule: (key, spec) => withKey(key, readRule(key, spec)),
    readPage: (key, spec) => withKey(key, readPage(key, spec)),
    readServer,
    isDerived: (name) => kinds.some((kind) => kind.kind === name && kind.derived),
  }
}

function withKey<Model>(key: string, read: Read<Model>): Read<Model> {
  const faults = faultsOf(readBy(keySchema, key)).map((fault): Fault => ({ ...fault, path: [], at: 'key' }))
  return faults.length === 0 ? read : failed(...faults, ...faultsOf(read))
}

function below(name: string, read: Read<unknown>): Fault[] {
  return faultsOf(read).map((fault) => ({ ...fault, path: [name, ...fault.path] }))
}

function readMonitor(kinds: readonly Kind[], key: string, spec: unknown): Read<MonitorModel> {
  const parts = takeApart(kinds, Object.keys(monitorFields.shape), spec, 'monitor')
  const { kind } = parts
  const usual = kind?.active && kind.interval !== undefined ? { interval: kind.interval } : {}
  const fields = readBy(monitorFields, { ...usual, ...parts.fields })
  if (kind === null) return failed(...parts.faults, ...faultsOf(fields))
  const config = readBy(kind.config, parts.config)
  const faults = [...parts.faults, ...below(kind.kind, config), ...faultsOf(fields)]
  faults.push(...dropped(parts.fields['labels']))
  faults.push(...meaningless(kind, parts.fields), ...(kind.active ? tooLong(usual, parts.fields) : []))
  if (!config.ok || !fields.ok || faults.length > 0) return failed(...faults)
  const { name, labels, paused } = fields.value
  const policy = policyOf(kind, config.value, fields.value)
  const members = kind.derived ? kind.members(config.value) : null
  const target = kind.describe(config.value)
  const alias = !kind.active && !kind.derived ? (kind.alias?.(config.value) ?? null) : null
  const mail = !kind.active && !kind.derived ? (kind.mail?.(config.value) ?? null) : null
  const shape = { key, name: name ?? key, kind: kind.kind, config: config.value, target, alias, mail, labels, paused }
  return {
    ok: true,
    value: { ...shape, active: kind.active, host: hostOf(kind, config.value), members, policy },
  }
}

/** A name that the reading of records leaves out without a word. */
function dropped(labels: unknown): Fault[] {
  if (typeof labels !== 'object' || labels === null || !Object.hasOwn(labels, '__proto__')) return []
  return [{ path: ['labels', '__proto__'], message: 'no label may be called so; choose another name' }]
}

const asking = ['interval', 'timeout', 'retry_every']
const confirming = ['fail_after', 'recover_after', 'quorum']

/** What is not asked has no interval, and what follows from others is confirmed by their settings. */
export const meaninglessFor = ({ active, derived }: Pick<Kind, 'active' | 'derived'>): readonly string[] =>
  active ? [] : [...asking, ...(derived ? confirming : [])]

function meaningless(kind: Kind, fields: Entry): Fault[] {
  const why = kind.derived
    ? `a ${kind.kind} follows from other monitors, at once; set it for these`
    : `a ${kind.kind} is not asked, it reports by itself; what is expected stands under ${quote(kind.kind)}`
  return meaninglessFor(kind)
    .filter((name) => fields[name] !== undefined)
    .map((name) => ({ path: [name], message: `means nothing here: ${why}`, at: 'key' }))
}

type MonitorFields = typeof monitorFields._output

function policyOf(kind: Kind, config: unknown, fields: MonitorFields): Policy {
  if (kind.active) return activePolicy(fields)
  return passivePolicy(fields, kind.derived ? null : kind.expects(config))
}

/** What does not fit into the interval. Each is read by itself, so that it is told whatever else is wrong. */
function tooLong(usual: Entry, written: Entry): Fault[] {
  const spanOf = (name: 'interval' | 'timeout' | 'retry_every') => {
    const read = monitorFields.shape[name].safeParse(written[name] ?? usual[name])
    return read.success ? read.data : undefined
  }
  const interval = spanOf('interval')
  if (interval === undefined) return []
  return (['timeout', 'retry_every'] as const).flatMap((name) => {
    const span = spanOf(name)
    if (span === undefined || span <= interval) return []
    const longer = `${formatDuration(span)} is longer than the interval of ${formatDuration(interval)}`
    return [{ path: [name], message: `${longer}; make it shorter or the interval longer` }]
  })
}

function activePolicy(fields: MonitorFields): Policy {
  const { interval } = fields
  const timeout = fields.timeout ?? Math.min(10_000, interval)
  return {
    interval,
    timeout,
    retryEvery: fields.retry_every ?? Math.min(interval, Math.max(1_000, Math.min(15_000, interval / 4))),
    failAfter: fields.fail_after ?? 2,
    recoverAfter: fields.recover_after,
    quorum: fields.quorum,
    staleAfter: Math.max(15_000, 3 * interval + timeout),
    beat: null,
  }
}

function passivePolicy(fields: MonitorFields, beat: Policy['beat']): Policy {
  return {
    interval: null,
    timeout: 0,
    retryEvery: 0,
    failAfter: fields.fail_after ?? 1,
    recoverAfter: fields.recover_after,
    quorum: fields.quorum,
    staleAfter: null,
    beat,
  }
}

function readChannel(kinds: readonly ChannelKind[], key: string, spec: unknown): Read<ChannelModel> {
  const parts = takeApart(kinds, Object.keys(channelFields.shape), spec, 'channel')
  const fields = readBy(channelFields, parts.fields)
  const { kind } = parts
  if (kind === null) return failed(...parts.faults, ...faultsOf(fields))
  const config = readBy(kind.config, parts.config)
  const faults = [...parts.faults, ...below(kind.kind, config), ...faultsOf(fields)]
  if (!config.ok || !fields.ok || faults.length > 0) return failed(...faults)
  const { name, timeout, retry } = fields.value
  const target = kind.describe(config.value)
  const { first, most, give_up_after: giveUpAfter } = retry
  const shape = { key, name: name ?? key, kind: kind.kind, config: config.value, target, timeout }
  return { ok: true, value: { ...shape, retry: { first, most, giveUpAfter } } }
}

function readRule(key: string, spec: unknown): Read<RuleModel> {
  const read = readBy(ruleFields, spec)
  if (!read.ok) return read
  const { name, monitors, tell, on } = read.value
  return { ok: true, value: { key, name: name ?? key, monitors, tell: [...new Set(tell)], on: [...new Set(on)] } }
}

function readPage(key: string, spec: unknown): Read<PageModel> {
  const read = readBy(pageFields, spec)
  if (!read.ok) return read
  const { title, description, order, zone, incidents } = read.value
  const { keys, faults } = componentKeys(read.value.groups)
  const { keys: groupKeys, faults: groupFaults } = keysOfGroups(read.value.groups)
  if (faults.length + groupFaults.length > 0) return failed(...faults, ...groupFaults)
  const groups = read.value.groups.map((group, g) => ({
    key: groupKeys[g] ?? '',
    name: group.name ?? null,
    collapsed: group.collapsed ?? null,
    hidden: group.hidden,
    order: group.order,
    components: inOrder(
      group.components.map((component, c) => componentModel(key, keys[g]?.[c] ?? component.name, component)),
    ),
  }))
  const { open_after: openAfter, resolve_after: resolveAfter } = incidents
  const shape = { key, title, description: description ?? null, order, zone, groups: inOrder(groups) }
  return { ok: true, value: { ...shape, incidents: { openAfter, resolveAfter } } }
}

type ComponentFields = typeof componentFields._output

function componentModel(page: string, key: string, written: ComponentFields): ComponentModel {
  const { name, description = null, monitors = nobody, show, link = null, hidden, order, tags, meta } = written
  return {
    key,
    name,
    description,
    monitors,
    reported: reportKey(page, key),
    mapping: show,
    link,
    hidden,
    order,
    tags: [...new Set(tags)],
    meta,
  }
}

/** Chooses none. */
const nobody = { keys: null, labels: null }

const inOrder = <One extends { readonly order: number }>(all: readonly One[]): One[] =>
  all.toSorted((one, other) => one.order - other.order)

const wordNetworks: Readonly<Record<string, readonly string[]>> = {
  loopback,
  private: privateNetworks,
  metadata: metadataNetworks,
  any: ['0.0.0.0/0', '::/0'],
}

function readServer(spec: unknown): Read<ServerModel> {
  const read = readBy(serverFields, spec)
  if (!read.ok) return read
  const { smtp, public_url: publicUrl, networks, heartbeats, limits, metrics, keep, sign_in: signIn } = read.value
  const cidrs = (list: readonly string[]) => list.flatMap((one) => wordNetworks[one] ?? [one])
  return {
    ok: true,
    value: {
      smtp: smtp ?? null,
      publicUrl: publicUrl?.replace(/\/+$/, '') ?? null,
      networks: {
        beats: cidrs(networks.beats),
        metrics: cidrs(networks.metrics),
        hosts: networks.hosts,
        trustedProxies: cidrs(networks.trusted_proxies),
        denied: cidrs(networks.denied),
      },
      heartbeats,
      limits: { checks: limits.checks, perHost: limits.per_host },
      metrics: { perMonitor: metrics.per_monitor },
      keep,
      signIn: signInModel(signIn, cidrs),
    },
  }
}
