// People who sign in, their sessions, second factors and one-time links, and the record of every change.
import type { Ddl } from '../migrate.ts'

export const name = '0003-accounts'

export const up = (t: Ddl): readonly string[] => [...people(t), ...signedIn(t), ...recorded(t)]

const people = (t: Ddl) => [
  `create table users (
    id ${t.id},
    email ${t.key} not null unique,
    name text not null,
    role ${t.key} not null,
    labels text,
    password text,
    totp text,
    totp_step ${t.int},
    external ${t.key} unique,
    created_at ${t.int} not null,
    updated_at ${t.int} not null,
    seen_at ${t.int},
    disabled_at ${t.int},
    revision ${t.int} not null
  )`,
  `create table recovery_codes (
    user_id ${t.int} not null,
    hash ${t.key} not null,
    primary key (user_id, hash)
  )${t.keyed}`,
  `create table passkeys (
    id ${t.id},
    user_id ${t.int} not null,
    credential ${t.key} not null unique,
    public_key text not null,
    counter ${t.int} not null,
    name text not null,
    transports text not null,
    created_at ${t.int} not null,
    used_at ${t.int}
  )`,
  'create index passkeys_user on passkeys (user_id)',
]

const signedIn = (t: Ddl) => [
  `create table sessions (
    id ${t.id},
    user_id ${t.int} not null,
    hash ${t.key} not null unique,
    method ${t.key} not null,
    address text,
    agent text,
    created_at ${t.int} not null,
    confirmed_at ${t.int} not null,
    seen_at ${t.int} not null,
    expires_at ${t.int} not null
  )`,
  'create index sessions_user on sessions (user_id, id)',
  `create table tickets (
    id ${t.id},
    kind ${t.key} not null,
    hash ${t.key} not null unique,
    user_id ${t.int},
    data text not null,
    created_at ${t.int} not null,
    expires_at ${t.int} not null
  )`,
  'create index tickets_kind on tickets (kind, id)',
  'create index tickets_expires_at on tickets (expires_at)',
]

const recorded = (t: Ddl) => [
  `create table audit (
    id ${t.id},
    at ${t.int} not null,
    actor_kind ${t.key} not null,
    actor_id ${t.int},
    actor text not null,
    address text,
    action ${t.key} not null,
    type ${t.key} not null,
    subject ${t.key} not null,
    changes text not null
  )`,
  'create index audit_subject on audit (type, subject, id)',
  'create index audit_actor on audit (actor_kind, actor_id, id)',
  'create index audit_at on audit (at)',
  'alter table tokens add column labels text',
  'alter table tokens add column made_by text',
]
