// The first schema. Times are epoch ms. Lists and searches follow the indexes named here.
// A migration that has been released is never edited: the next one changes what it made.
import type { Ddl } from '../migrate.ts'

export const name = '0001-first'

export const up = (t: Ddl): readonly string[] => [
  ...provisioned(t),
  ...decided(t),
  ...told(t),
  ...observed(t),
  ...published(t),
]

const provisioned = (t: Ddl) => [
  `create table meta (name ${t.key} primary key, value text not null)${t.keyed}`,

  `create table objects (
    id ${t.id},
    type ${t.key} not null,
    key ${t.key} not null,
    name text not null,
    kind ${t.key} not null,
    labels text not null,
    search text not null,
    spec text not null,
    owner ${t.key} not null,
    created_at ${t.int} not null,
    updated_at ${t.int} not null,
    deleted_at ${t.int},
    revision ${t.int} not null,
    unique (type, key)
  )`,
  `create table tokens (
    id ${t.id},
    name text not null,
    hash ${t.key} not null unique,
    scopes text not null,
    created_at ${t.int} not null,
    expires_at ${t.int},
    last_used_at ${t.int},
    revoked_at ${t.int}
  )`,
  `create table leases (name ${t.key} primary key, holder text not null, until ${t.int} not null)${t.keyed}`,
]

const decided = (t: Ddl) => [
  `create table states (
    monitor_id ${t.int} primary key,
    version ${t.int} not null,
    status ${t.key} not null,
    paused ${t.int} not null,
    since ${t.int} not null,
    wake_at ${t.int},
    accounted_at ${t.int} not null,
    state text not null
  )`,
  'create index states_wake_at on states (wake_at) where wake_at is not null',

  `create table events (
    id ${t.id},
    monitor_id ${t.int} not null,
    seq ${t.int} not null,
    at ${t.int} not null,
    type ${t.key} not null,
    status ${t.key} not null,
    previous ${t.key} not null,
    reason text,
    sentence text,
    data text not null,
    unique (monitor_id, seq)
  )`,
  'create index events_monitor_at on events (monitor_id, at, id)',
  'create index events_at on events (at, id)',
]

const told = (t: Ddl) => [
  `create table deliveries (
    id ${t.id},
    event_id ${t.int} not null,
    monitor_id ${t.int} not null,
    channel ${t.key} not null,
    rule ${t.key} not null,
    state ${t.key} not null,
    idempotency_key text not null,
    attempts ${t.int} not null,
    next_at ${t.int} not null,
    lease_until ${t.int},
    created_at ${t.int} not null,
    finished_at ${t.int},
    detail text
  )`,
  'create index deliveries_state on deliveries (state, next_at)',
  'create index deliveries_due on deliveries (channel, next_at, id) where finished_at is null',
  'create index deliveries_line on deliveries (channel, monitor_id, id) where finished_at is null',
  'create index deliveries_next on deliveries (next_at) where finished_at is null',
  'create index deliveries_monitor on deliveries (monitor_id, id)',
  `create table delivery_attempts (
    delivery_id ${t.int} not null,
    attempt ${t.int} not null,
    at ${t.int} not null,
    ms ${t.int} not null,
    ok ${t.int} not null,
    detail text not null,
    primary key (delivery_id, attempt)
  )${t.keyed}`,
]

const observed = (t: Ddl) => [
  `create table observations (
    id ${t.id},
    monitor_id ${t.int} not null,
    location ${t.key} not null,
    at ${t.int} not null,
    outcome ${t.key} not null,
    signal ${t.key} not null,
    latency ${t.real},
    reason ${t.key}
  )`,
  `create table history (
    monitor_id ${t.int} not null,
    hour ${t.int} not null,
    count ${t.int} not null,
    packed ${t.bytes} not null,
    primary key (hour, monitor_id)
  )${t.keyed}`,
  `create table rollups (
    monitor_id ${t.int} not null,
    resolution ${t.key} not null,
    start ${t.int} not null,
    up_ms ${t.int} not null,
    degraded_ms ${t.int} not null,
    down_ms ${t.int} not null,
    unknown_ms ${t.int} not null,
    paused_ms ${t.int} not null,
    maintenance_ms ${t.int} not null,
    count ${t.int} not null,
    failures ${t.int} not null,
    latency_sum ${t.real} not null,
    latency_min ${t.real},
    latency_max ${t.real},
    latencies text not null,
    primary key (monitor_id, resolution, start)
  )${t.keyed}`,
  `create table beat_logs (
    id ${t.id},
    monitor_id ${t.int} not null,
    at ${t.int} not null,
    signal ${t.key} not null,
    body ${t.bytes} not null
  )`,
  'create index beat_logs_monitor on beat_logs (monitor_id, id)',
]

const published = (t: Ddl) => [
  `create table incidents (
    id ${t.id},
    page ${t.key} not null,
    component ${t.key} not null,
    name text not null,
    phase ${t.key} not null,
    impact ${t.key} not null,
    status ${t.key} not null,
    started_at ${t.int} not null,
    phase_at ${t.int} not null,
    wake_at ${t.int}
  )`,
  `create index incidents_running on incidents (page, component) where phase in ('watching', 'open', 'recovering')`,
  'create index incidents_wake_at on incidents (wake_at) where wake_at is not null',
  'create index incidents_page on incidents (page, started_at)',
  `create table incident_updates (
    id ${t.id},
    incident_id ${t.int} not null,
    at ${t.int} not null,
    kind ${t.key} not null,
    status ${t.key} not null
  )`,
  'create index incident_updates_incident on incident_updates (incident_id)',
]
