// The tables, as both databases have them. Times are epoch milliseconds in bigint columns; JSON is text.
// Promises that a column is described here once. A new column: here, in a migration, in its aggregate's file.
import type { Generated } from 'kysely'

export interface Tables {
  /** Instance id, alive_at … small facts by name. */
  meta: { name: string; value: string }
  /** Everything that is provisioned: monitors, channels, rules, pages. One model whoever owns it. */
  objects: {
    id: Generated<number>
    type: string
    key: string
    name: string
    /** A monitor's or channel's kind; empty for the others. */
    kind: string
    /** JSON object of labels; `{}` where there are none. */
    labels: string
    /** Key and name in small letters: what a search looks at. */
    search: string
    /** The entry as a manifest would have it, JSON. */
    spec: string
    /** `file:<path>`, `scope:<name>`, `api`, or `beat` (made by its first heartbeat). */
    owner: string
    created_at: number
    updated_at: number
    deleted_at: number | null
    revision: number
    /** The revision at which the last apply of its scope left it; null: none did. */
    applied: Generated<number | null>
  }
  /** One row a monitor, changed only by ingest. `wake_at` is indexed: what is due is one query. */
  states: {
    monitor_id: number
    version: number
    status: string
    paused: number
    since: number
    wake_at: number | null
    accounted_at: number
    /** MonitorState, JSON. */
    state: string
  }
  events: {
    id: Generated<number>
    monitor_id: number
    seq: number
    at: number
    type: string
    status: string
    previous: string
    reason: string | null
    sentence: string | null
    /** The whole Event and its explanation (who was told, who not and why), JSON. */
    data: string
  }
  deliveries: {
    id: Generated<number>
    event_id: number
    monitor_id: number
    channel: string
    rule: string
    /** pending, sending, delivered, dead */
    state: string
    idempotency_key: string
    attempts: number
    next_at: number
    lease_until: number | null
    created_at: number
    finished_at: number | null
    detail: string | null
  }
  delivery_attempts: {
    delivery_id: number
    attempt: number
    at: number
    ms: number
    ok: number
    detail: string
  }
  /** Raw observations in order of arrival, until they are packed. */
  observations: {
    id: Generated<number>
    monitor_id: number
    location: string
    at: number
    outcome: string
    signal: string
    latency: number | null
    reason: string | null
    /** Milliseconds by phase (core/phase.ts); null: not known. */
    phases: string | null
  }
  /** Packed observations of one monitor in one hour (core/pack.ts). */
  history: { monitor_id: number; hour: number; count: number; packed: Uint8Array }
  rollups: {
    monitor_id: number
    resolution: string
    start: number
    up_ms: number
    degraded_ms: number
    down_ms: number
    unknown_ms: number
    paused_ms: number
    maintenance_ms: number
    count: number
    failures: number
    latency_sum: number
    latency_min: number | null
    latency_max: number | null
    latencies: string
    /** Sums by phase (core/phase.ts); empty: not known. */
    phases: string
  }
  /** The last check of each monitor that failed, whole. */
  failures: {
    monitor_id: number
    at: number
    /** Observation, JSON. */
    data: string
  }
  incidents: {
    id: Generated<number>
    page: string
    component: string
    /** The component's name when it began; it may be renamed or go. */
    name: string
    phase: string
    impact: string
    status: string
    started_at: number
    phase_at: number
    wake_at: number | null
    /** Told, JSON; null: nobody tells it, it opened by itself. */
    told: string | null
    deleted_at: number | null
  }
  incident_updates: {
    id: Generated<number>
    incident_id: number
    at: number
    kind: string
    status: string
    /** Entry, JSON; null: nobody wrote it. */
    told: string | null
  }
  /** `plan`: Maintenance, JSON; `until_at`: when it is over for good. */
  maintenances: {
    id: Generated<number>
    plan: string
    until_at: number
    made_by: string
    created_at: number
    revision: number
  }
  /** Numbers that programs push, to be drawn on a page. `spec`: Metric, JSON. */
  metrics: { id: Generated<number>; page: string; spec: string; created_at: number; updated_at: number }
  metric_points: {
    id: Generated<number>
    metric_id: number
    at: number
    value: number
    /** So many times the same value came within the metric's threshold. */
    count: number
    updated_at: number
  }
  tokens: {
    id: Generated<number>
    name: string
    /** SHA-256 of the secret, hex. */
    hash: string
    scopes: string
    created_at: number
    expires_at: number | null
    last_used_at: number | null
    revoked_at: number | null
    /** LabelLimit, JSON; null: none. */
    labels: string | null
    /** Who made it, for people; null: made before that was kept. */
    made_by: string | null
    /** The person who made it, by themselves or by a token of theirs; null: no person did. */
    user_id: number | null
    /** Names of components, JSON array; null: all. */
    components: string | null
    /** 1: numbers of statuses are answered as texts. */
    string_numbers: number | null
  }
  /** Numbers that things of a kind keep for ever, by which other programs know them. */
  numbers: { kind: string; name: string; number: number; created_at: number }
  /** What came with a heartbeat, the last few for each monitor. */
  beat_logs: {
    id: Generated<number>
    monitor_id: number
    at: number
    signal: string
    /** As it came, or the first part of it. */
    body: Uint8Array
    /** Bytes that came; null: as many as are kept. */
    size: number | null
    /** The run that it belongs to, and the status with which that ended; null: nobody said. */
    run: string | null
    exit: number | null
  }
  /** Monitors of which nobody is told from one moment to another. */
  silences: {
    id: Generated<number>
    /** Selector, JSON. */
    selector: string
    /** LabelLimit of whoever made it, JSON; null: none. */
    labels: string | null
    from_at: number
    until_at: number
    reason: string | null
    made_by: string
    created_at: number
    /** Who ended it before its time. */
    ended_by: string | null
    revision: number
  }
  leases: { name: string; holder: string; until: number }
  users: {
    id: Generated<number>
    /** In small letters: what somebody signs in with. */
    email: string
    name: string
    role: string
    /** LabelLimit, JSON; null: none. */
    labels: string | null
    /** Salted hash with its parameters; null: signs in by other means. */
    password: string | null
    /** Secret of the authenticator app, sealed; null: none. */
    totp: string | null
    /** The last time step of which a code was taken: it is not taken again. */
    totp_step: number | null
    /** `issuer subject` of an identity provider. */
    external: string | null
    created_at: number
    updated_at: number
    seen_at: number | null
    disabled_at: number | null
    revision: number
  }
  /** SHA-256 of each code that was not used yet. */
  recovery_codes: { user_id: number; hash: string }
  passkeys: {
    id: Generated<number>
    user_id: number
    /** Credential id, base64url. */
    credential: string
    /** JWK, JSON. */
    public_key: string
    counter: number
    name: string
    /** JSON array. */
    transports: string
    created_at: number
    used_at: number | null
  }
  sessions: {
    id: Generated<number>
    user_id: number
    /** SHA-256 of the cookie's value, hex. */
    hash: string
    /** How they signed in: password, passkey, oidc, link. */
    method: string
    address: string | null
    agent: string | null
    created_at: number
    /** When they last proved who they are. */
    confirmed_at: number
    seen_at: number
    expires_at: number
  }
  /** Secrets that are good once, for a while: links, second steps, challenges. Only their hash is here. */
  tickets: {
    id: Generated<number>
    kind: string
    hash: string
    user_id: number | null
    /** JSON. */
    data: string
    created_at: number
    expires_at: number
  }
  saved_views: {
    id: Generated<number>
    /** Whose it is; 0: everybody's. */
    user_id: number
    /** Of everybody's: the limit within which it was shared, JSON; empty: none. */
    within: string
    name: string
    /** As it stands in the list's address. */
    query: string
    made_by: string
    created_at: number
    updated_at: number
  }
  /** Who changed what, appended and never changed. */
  audit: {
    id: Generated<number>
    at: number
    actor_kind: string
    actor_id: number | null
    actor: string
    address: string | null
    action: string
    type: string
    subject: string
    /** JSON array of changes, secrets masked. */
    changes: string
  }
}
