create table audit (
  id bigint not null identity,
  at bigint not null,
  actor_kind text collate C not null,
  actor_id bigint,
  actor text not null,
  address text,
  action text collate C not null,
  type text collate C not null,
  subject text collate C not null,
  changes text not null
);

create table beat_logs (
  id bigint not null identity,
  monitor_id bigint not null,
  at bigint not null,
  signal text collate C not null,
  body bytea not null,
  size bigint,
  run text,
  exit bigint
);

create table deliveries (
  id bigint not null identity,
  event_id bigint not null,
  monitor_id bigint not null,
  channel text collate C not null,
  rule text collate C not null,
  state text collate C not null,
  idempotency_key text not null,
  attempts bigint not null,
  next_at bigint not null,
  lease_until bigint,
  created_at bigint not null,
  finished_at bigint,
  detail text
);

create table delivery_attempts (
  delivery_id bigint not null,
  attempt bigint not null,
  at bigint not null,
  ms bigint not null,
  ok bigint not null,
  detail text not null
);

create table events (
  id bigint not null identity,
  monitor_id bigint not null,
  seq bigint not null,
  at bigint not null,
  type text collate C not null,
  status text collate C not null,
  previous text collate C not null,
  reason text,
  sentence text,
  data text not null
);

create table failures (
  monitor_id bigint not null,
  at bigint not null,
  data text not null
);

create table history (
  monitor_id bigint not null,
  hour bigint not null,
  count bigint not null,
  packed bytea not null
);

create table incident_updates (
  id bigint not null identity,
  incident_id bigint not null,
  at bigint not null,
  kind text collate C not null,
  status text collate C not null,
  told text
);

create table incidents (
  id bigint not null identity,
  page text collate C not null,
  component text collate C not null,
  name text not null,
  phase text collate C not null,
  impact text collate C not null,
  status text collate C not null,
  started_at bigint not null,
  phase_at bigint not null,
  wake_at bigint,
  told text,
  deleted_at bigint
);

create table leases (
  name text collate C not null,
  holder text not null,
  until bigint not null
);

create table maintenances (
  id bigint not null identity,
  plan text not null,
  until_at bigint not null,
  made_by text not null,
  created_at bigint not null,
  revision bigint not null
);

create table meta (
  name text collate C not null,
  value text not null
);

create table metric_points (
  id bigint not null identity,
  metric_id bigint not null,
  at bigint not null,
  value double precision not null,
  count bigint not null,
  updated_at bigint not null
);

create table metrics (
  id bigint not null identity,
  page text collate C not null,
  spec text not null,
  created_at bigint not null,
  updated_at bigint not null
);

create table migrations (
  name text not null
);

create table numbers (
  kind text collate C not null,
  name text collate C not null,
  number bigint not null,
  created_at bigint not null
);

create table objects (
  id bigint not null identity,
  type text collate C not null,
  key text collate C not null,
  name text not null,
  kind text collate C not null,
  labels text not null,
  search text not null,
  spec text not null,
  owner text collate C not null,
  created_at bigint not null,
  updated_at bigint not null,
  deleted_at bigint,
  revision bigint not null,
  applied bigint
);

create table observations (
  id bigint not null identity,
  monitor_id bigint not null,
  location text collate C not null,
  at bigint not null,
  outcome text collate C not null,
  signal text collate C not null,
  latency double precision,
  reason text collate C,
  phases text
);

create table passkeys (
  id bigint not null identity,
  user_id bigint not null,
  credential text collate C not null,
  public_key text not null,
  counter bigint not null,
  name text not null,
  transports text not null,
  created_at bigint not null,
  used_at bigint
);

create table recovery_codes (
  user_id bigint not null,
  hash text collate C not null
);

create table rollups (
  monitor_id bigint not null,
  resolution text collate C not null,
  start bigint not null,
  up_ms bigint not null,
  degraded_ms bigint not null,
  down_ms bigint not null,
  unknown_ms bigint not null,
  paused_ms bigint not null,
  maintenance_ms bigint not null,
  count bigint not null,
  failures bigint not null,
  latency_sum double precision not null,
  latency_min double precision,
  latency_max double precision,
  latencies text not null,
  phases text not null
);

create table saved_views (
  id bigint not null identity,
  user_id bigint not null,
  within text collate C not null,
  name text collate C not null,
  query text not null,
  made_by text not null,
  created_at bigint not null,
  updated_at bigint not null
);

create table sessions (
  id bigint not null identity,
  user_id bigint not null,
  hash text collate C not null,
  method text collate C not null,
  address text,
  agent text,
  created_at bigint not null,
  confirmed_at bigint not null,
  seen_at bigint not null,
  expires_at bigint not null
);

create table silences (
  id bigint not null identity,
  selector text not null,
  labels text,
  from_at bigint not null,
  until_at bigint not null,
  reason text,
  made_by text not null,
  created_at bigint not null,
  ended_by text,
  revision bigint not null
);

create table states (
  monitor_id bigint not null,
  version bigint not null,
  status text collate C not null,
  paused bigint not null,
  since bigint not null,
  wake_at bigint,
  accounted_at bigint not null,
  state text not null
);

create table tickets (
  id bigint not null identity,
  kind text collate C not null,
  hash text collate C not null,
  user_id bigint,
  data text not null,
  created_at bigint not null,
  expires_at bigint not null
);

create table tokens (
  id bigint not null identity,
  name text not null,
  hash text collate C not null,
  scopes text not null,
  created_at bigint not null,
  expires_at bigint,
  last_used_at bigint,
  revoked_at bigint,
  labels text,
  made_by text,
  components text,
  string_numbers bigint,
  user_id bigint
);

create table users (
  id bigint not null identity,
  email text collate C not null,
  name text not null,
  role text collate C not null,
  labels text,
  password text,
  totp text,
  totp_step bigint,
  external text collate C,
  created_at bigint not null,
  updated_at bigint not null,
  seen_at bigint,
  disabled_at bigint,
  revision bigint not null
);

CREATE INDEX audit_actor ON public.audit USING btree (actor_kind, actor_id, id);
CREATE INDEX audit_at ON public.audit USING btree (at);
CREATE UNIQUE INDEX audit_pkey ON public.audit USING btree (id);
CREATE INDEX audit_subject ON public.audit USING btree (type, subject, id);
CREATE INDEX beat_logs_monitor ON public.beat_logs USING btree (monitor_id, id);
CREATE UNIQUE INDEX beat_logs_pkey ON public.beat_logs USING btree (id);
CREATE INDEX deliveries_due ON public.deliveries USING btree (channel, next_at, id) WHERE (finished_at IS NULL);
CREATE INDEX deliveries_line ON public.deliveries USING btree (channel, monitor_id, id) WHERE (finished_at IS NULL);
CREATE INDEX deliveries_monitor ON public.deliveries USING btree (monitor_id, id);
CREATE INDEX deliveries_next ON public.deliveries USING btree (next_at) WHERE (finished_at IS NULL);
CREATE UNIQUE INDEX deliveries_pkey ON public.deliveries USING btree (id);
CREATE INDEX deliveries_state ON public.deliveries USING btree (state, next_at);
CREATE UNIQUE INDEX delivery_attempts_pkey ON public.delivery_attempts USING btree (delivery_id, attempt);
CREATE INDEX events_at ON public.events USING btree (at, id);
CREATE INDEX events_monitor_at ON public.events USING btree (monitor_id, at, id);
CREATE UNIQUE INDEX events_monitor_id_seq_key ON public.events USING btree (monitor_id, seq);
CREATE UNIQUE INDEX events_pkey ON public.events USING btree (id);
CREATE UNIQUE INDEX failures_pkey ON public.failures USING btree (monitor_id);
CREATE UNIQUE INDEX history_pkey ON public.history USING btree (hour, monitor_id);
CREATE INDEX incident_updates_incident ON public.incident_updates USING btree (incident_id);
CREATE UNIQUE INDEX incident_updates_pkey ON public.incident_updates USING btree (id);
CREATE INDEX incidents_page ON public.incidents USING btree (page, started_at);
CREATE UNIQUE INDEX incidents_pkey ON public.incidents USING btree (id);
CREATE INDEX incidents_running ON public.incidents USING btree (page, component) WHERE (phase = ANY (ARRAY['watching'::text, 'open'::text, 'recovering'::text]));
CREATE INDEX incidents_wake_at ON public.incidents USING btree (wake_at) WHERE (wake_at IS NOT NULL);
CREATE UNIQUE INDEX leases_pkey ON public.leases USING btree (name);
CREATE UNIQUE INDEX maintenances_pkey ON public.maintenances USING btree (id);
CREATE INDEX maintenances_until ON public.maintenances USING btree (until_at);
CREATE UNIQUE INDEX meta_pkey ON public.meta USING btree (name);
CREATE INDEX metric_points_at ON public.metric_points USING btree (metric_id, at);
CREATE UNIQUE INDEX metric_points_pkey ON public.metric_points USING btree (id);
CREATE UNIQUE INDEX metrics_pkey ON public.metrics USING btree (id);
CREATE UNIQUE INDEX migrations_pkey ON public.migrations USING btree (name);
CREATE UNIQUE INDEX numbers_number ON public.numbers USING btree (kind, number);
CREATE UNIQUE INDEX numbers_pkey ON public.numbers USING btree (kind, name);
CREATE UNIQUE INDEX objects_pkey ON public.objects USING btree (id);
CREATE UNIQUE INDEX objects_type_key_key ON public.objects USING btree (type, key);
CREATE INDEX objects_updated_at ON public.objects USING btree (type, updated_at);
CREATE UNIQUE INDEX observations_pkey ON public.observations USING btree (id);
CREATE UNIQUE INDEX passkeys_credential_key ON public.passkeys USING btree (credential);
CREATE UNIQUE INDEX passkeys_pkey ON public.passkeys USING btree (id);
CREATE INDEX passkeys_user ON public.passkeys USING btree (user_id);
CREATE UNIQUE INDEX recovery_codes_pkey ON public.recovery_codes USING btree (user_id, hash);
CREATE UNIQUE INDEX rollups_pkey ON public.rollups USING btree (monitor_id, resolution, start);
CREATE UNIQUE INDEX saved_views_pkey ON public.saved_views USING btree (id);
CREATE UNIQUE INDEX saved_views_user_id_within_name_key ON public.saved_views USING btree (user_id, within, name);
CREATE UNIQUE INDEX sessions_hash_key ON public.sessions USING btree (hash);
CREATE UNIQUE INDEX sessions_pkey ON public.sessions USING btree (id);
CREATE INDEX sessions_user ON public.sessions USING btree (user_id, id);
CREATE UNIQUE INDEX silences_pkey ON public.silences USING btree (id);
CREATE INDEX silences_until ON public.silences USING btree (until_at);
CREATE UNIQUE INDEX states_pkey ON public.states USING btree (monitor_id);
CREATE INDEX states_wake_at ON public.states USING btree (wake_at) WHERE (wake_at IS NOT NULL);
CREATE INDEX tickets_expires_at ON public.tickets USING btree (expires_at);
CREATE UNIQUE INDEX tickets_hash_key ON public.tickets USING btree (hash);
CREATE INDEX tickets_kind ON public.tickets USING btree (kind, id);
CREATE UNIQUE INDEX tickets_pkey ON public.tickets USING btree (id);
CREATE UNIQUE INDEX tokens_hash_key ON public.tokens USING btree (hash);
CREATE UNIQUE INDEX tokens_pkey ON public.tokens USING btree (id);
CREATE UNIQUE INDEX users_email_key ON public.users USING btree (email);
CREATE UNIQUE INDEX users_external_key ON public.users USING btree (external);
CREATE UNIQUE INDEX users_pkey ON public.users USING btree (id);
