CREATE TABLE audit (
    id integer primary key,
    at integer not null,
    actor_kind text not null,
    actor_id integer,
    actor text not null,
    address text,
    action text not null,
    type text not null,
    subject text not null,
    changes text not null
  );

CREATE INDEX audit_actor on audit (actor_kind, actor_id, id);

CREATE INDEX audit_at on audit (at);

CREATE INDEX audit_subject on audit (type, subject, id);

CREATE TABLE beat_logs (
    id integer primary key,
    monitor_id integer not null,
    at integer not null,
    signal text not null,
    body blob not null
  , size integer, run text, exit integer);

CREATE INDEX beat_logs_monitor on beat_logs (monitor_id, id);

CREATE TABLE deliveries (
    id integer primary key,
    event_id integer not null,
    monitor_id integer not null,
    channel text not null,
    rule text not null,
    state text not null,
    idempotency_key text not null,
    attempts integer not null,
    next_at integer not null,
    lease_until integer,
    created_at integer not null,
    finished_at integer,
    detail text
  );

CREATE INDEX deliveries_due on deliveries (channel, next_at, id) where finished_at is null;

CREATE INDEX deliveries_line on deliveries (channel, monitor_id, id) where finished_at is null;

CREATE INDEX deliveries_monitor on deliveries (monitor_id, id);

CREATE INDEX deliveries_next on deliveries (next_at) where finished_at is null;

CREATE INDEX deliveries_state on deliveries (state, next_at);

CREATE TABLE delivery_attempts (
    delivery_id integer not null,
    attempt integer not null,
    at integer not null,
    ms integer not null,
    ok integer not null,
    detail text not null,
    primary key (delivery_id, attempt)
  ) without rowid;

CREATE TABLE events (
    id integer primary key,
    monitor_id integer not null,
    seq integer not null,
    at integer not null,
    type text not null,
    status text not null,
    previous text not null,
    reason text,
    sentence text,
    data text not null,
    unique (monitor_id, seq)
  );

CREATE INDEX events_at on events (at, id);

CREATE INDEX events_monitor_at on events (monitor_id, at, id);

CREATE TABLE failures (monitor_id integer primary key, at integer not null, data text not null);

CREATE TABLE history (
    monitor_id integer not null,
    hour integer not null,
    count integer not null,
    packed blob not null,
    primary key (hour, monitor_id)
  ) without rowid;

CREATE TABLE incident_updates (
    id integer primary key,
    incident_id integer not null,
    at integer not null,
    kind text not null,
    status text not null
  , told text);

CREATE INDEX incident_updates_incident on incident_updates (incident_id);

CREATE TABLE incidents (
    id integer primary key,
    page text not null,
    component text not null,
    name text not null,
    phase text not null,
    impact text not null,
    status text not null,
    started_at integer not null,
    phase_at integer not null,
    wake_at integer
  , told text, deleted_at integer);

CREATE INDEX incidents_page on incidents (page, started_at);

CREATE INDEX incidents_running on incidents (page, component) where phase in ('watching', 'open', 'recovering');

CREATE INDEX incidents_wake_at on incidents (wake_at) where wake_at is not null;

CREATE TABLE leases (name text primary key, holder text not null, until integer not null) without rowid;

CREATE TABLE maintenances (
    id integer primary key,
    plan text not null,
    until_at integer not null,
    made_by text not null,
    created_at integer not null,
    revision integer not null
  );

CREATE INDEX maintenances_until on maintenances (until_at);

CREATE TABLE meta (name text primary key, value text not null) without rowid;

CREATE TABLE metric_points (
    id integer primary key,
    metric_id integer not null,
    at integer not null,
    value real not null,
    count integer not null,
    updated_at integer not null
  );

CREATE INDEX metric_points_at on metric_points (metric_id, at);

CREATE TABLE metrics (
    id integer primary key,
    page text not null,
    spec text not null,
    created_at integer not null,
    updated_at integer not null
  );

CREATE TABLE migrations (name text primary key);

CREATE TABLE numbers (
    kind text not null,
    name text not null,
    number integer not null,
    created_at integer not null,
    primary key (kind, name)
  ) without rowid;

CREATE UNIQUE INDEX numbers_number on numbers (kind, number);

CREATE TABLE objects (
    id integer primary key,
    type text not null,
    key text not null,
    name text not null,
    kind text not null,
    labels text not null,
    search text not null,
    spec text not null,
    owner text not null,
    created_at integer not null,
    updated_at integer not null,
    deleted_at integer,
    revision integer not null, applied integer,
    unique (type, key)
  );

CREATE INDEX objects_updated_at on objects (type, updated_at);

CREATE TABLE observations (
    id integer primary key,
    monitor_id integer not null,
    location text not null,
    at integer not null,
    outcome text not null,
    signal text not null,
    latency real,
    reason text
  , phases text);

CREATE TABLE passkeys (
    id integer primary key,
    user_id integer not null,
    credential text not null unique,
    public_key text not null,
    counter integer not null,
    name text not null,
    transports text not null,
    created_at integer not null,
    used_at integer
  );

CREATE INDEX passkeys_user on passkeys (user_id);

CREATE TABLE recovery_codes (
    user_id integer not null,
    hash text not null,
    primary key (user_id, hash)
  ) without rowid;

CREATE TABLE rollups (
    monitor_id integer not null,
    resolution text not null,
    start integer not null,
    up_ms integer not null,
    degraded_ms integer not null,
    down_ms integer not null,
    unknown_ms integer not null,
    paused_ms integer not null,
    maintenance_ms integer not null,
    count integer not null,
    failures integer not null,
    latency_sum real not null,
    latency_min real,
    latency_max real,
    latencies text not null, phases text not null default '',
    primary key (monitor_id, resolution, start)
  ) without rowid;

CREATE TABLE saved_views (
    id integer primary key,
    user_id integer not null,
    within text not null,
    name text not null,
    query text not null,
    made_by text not null,
    created_at integer not null,
    updated_at integer not null,
    unique (user_id, within, name)
  );

CREATE TABLE sessions (
    id integer primary key,
    user_id integer not null,
    hash text not null unique,
    method text not null,
    address text,
    agent text,
    created_at integer not null,
    confirmed_at integer not null,
    seen_at integer not null,
    expires_at integer not null
  );

CREATE INDEX sessions_user on sessions (user_id, id);

CREATE TABLE silences (
    id integer primary key, selector text not null, labels text, from_at integer not null, until_at integer not null,
    reason text, made_by text not null, created_at integer not null, ended_by text, revision integer not null);

CREATE INDEX silences_until on silences (until_at);

CREATE TABLE states (
    monitor_id integer primary key,
    version integer not null,
    status text not null,
    paused integer not null,
    since integer not null,
    wake_at integer,
    accounted_at integer not null,
    state text not null
  );

CREATE INDEX states_wake_at on states (wake_at) where wake_at is not null;

CREATE TABLE tickets (
    id integer primary key,
    kind text not null,
    hash text not null unique,
    user_id integer,
    data text not null,
    created_at integer not null,
    expires_at integer not null
  );

CREATE INDEX tickets_expires_at on tickets (expires_at);

CREATE INDEX tickets_kind on tickets (kind, id);

CREATE TABLE tokens (
    id integer primary key,
    name text not null,
    hash text not null unique,
    scopes text not null,
    created_at integer not null,
    expires_at integer,
    last_used_at integer,
    revoked_at integer
  , labels text, made_by text, components text, string_numbers integer, user_id integer);

CREATE TABLE users (
    id integer primary key,
    email text not null unique,
    name text not null,
    role text not null,
    labels text,
    password text,
    totp text,
    totp_step integer,
    external text unique,
    created_at integer not null,
    updated_at integer not null,
    seen_at integer,
    disabled_at integer,
    revision integer not null
  );
