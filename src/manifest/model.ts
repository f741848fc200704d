// What a manifest's entries mean once read: complete, typed, with durations in ms and defaults filled in.
// Promises that engine, API and pages share one meaning of a monitor, channel, rule or page. Must not know YAML.
import type { Mapping } from '#core/component.ts'
import type { Selector } from '#core/glob.ts'
import type { MailRules } from '#core/mail-rules.ts'
import type { IncidentPolicy } from '#core/incident.ts'
import type { Policy } from '#core/policy.ts'
import type { SignInModel } from './sign-in.ts'

export type { Grant, OidcModel, ProxyModel, SignInModel } from './sign-in.ts'

/** An object's settings as people write them: plain JSON, durations as text, secrets already put in. */
export type Spec = Readonly<Record<string, unknown>>

export interface MonitorModel {
  readonly key: string
  readonly name: string
  readonly kind: string
  /** What the kind's schema made of it. */
  readonly config: unknown
  /** What is watched, in words. */
  readonly target: string
  readonly active: boolean
  /** The machine that is looked at, as one text for all who look at it; null: none in particular. */
  readonly host: string | null
  /** A secret name under which it reports instead of by its key; null: none. */
  readonly alias: string | null
  /** What mails to it are looked through for; null: any mail is a sign of life. */
  readonly mail: MailRules | null
  /** The monitors whose states its own follows from; null: it is looked at, or reports by itself. */
  readonly members: Selector | null
  readonly policy: Policy
  readonly labels: Readonly<Record<string, string>>
  /** Paused by its manifest; people may pause it as well. */
  readonly paused: boolean
}

/** How a delivery that failed is tried again. */
export interface RetryPolicy {
  /** First wait, ms; each further one is three times as long. */
  readonly first: number
  /** No wait is longer, ms. */
  readonly most: number
  /** Given up after so long, ms. */
  readonly giveUpAfter: number
}

export interface ChannelModel {
  readonly key: string
  readonly name: string
  readonly kind: string
  readonly config: unknown
  readonly target: string
  /** One attempt may take so long, ms. */
  readonly timeout: number
  readonly retry: RetryPolicy
}

export type AlertOn = 'down' | 'up' | 'degraded' | 'unknown' | 'changed'
export interface RuleModel {
  readonly key: string
  readonly name: string
  readonly monitors: Selector
  /** Keys of channels. */
  readonly tell: readonly string[]
  readonly on: readonly AlertOn[]
}

export interface ComponentModel {
  /** Unique within the page; from `key` or made from the name. */
  readonly key: string
  readonly name: string
  readonly description: string | null
  readonly monitors: Selector
  /** The key of the monitor that hears what people and programs say of it, whether there is one or not. */
  readonly reported: string
  readonly mapping: Mapping
  readonly link: string | null
  /** Shown to nobody but those who may see everything. */
  readonly hidden: boolean
  /** Within its group components stand by it, then as they are written. */
  readonly order: number
  readonly tags: readonly string[]
  /** What programs keep with it. */
  readonly meta: Readonly<Record<string, unknown>>
}

/** When the components of a group are out of sight until somebody opens it; `null`: when they are many and well. */
export type Collapsed = 'never' | 'always' | 'well' | null

export interface GroupModel {
  readonly key: string
  /** Null: a heading would say nothing. */
  readonly name: string | null
  readonly components: readonly ComponentModel[]
  readonly collapsed: Collapsed
  readonly hidden: boolean
  readonly order: number
}

export interface PageModel {
  /** Also its slug: `/p/{key}`. The first page by `order`, then key, is at `/`. */
  readonly key: string
  readonly title: string
  readonly description: string | null
  readonly order: number
  /** IANA zone in which the page prints times. */
  readonly zone: string
  readonly groups: readonly GroupModel[]
  readonly incidents: IncidentPolicy
}

/** The server's own settings that a manifest may carry. */
export interface ServerModel {
  readonly smtp: { readonly url: string; readonly from: string } | null
  readonly publicUrl: string | null
  /** Networks in CIDR. `trustedProxies`: whose forwarding headers are believed. */
  readonly networks: {
    readonly beats: readonly string[]
    readonly metrics: readonly string[]
    /** Names under which requests are taken for those of these networks. */
    readonly hosts: readonly string[]
    readonly trustedProxies: readonly string[]
    /** Never connected to by checks and webhooks. */
    readonly denied: readonly string[]
  }
  /** Heartbeats made by their first beat. */
  readonly heartbeats: {
    readonly create: boolean
    readonly limit: number
    readonly every: number
    readonly grace: number
    /** Which generation of lovebeat is spoken on the main port. */
    readonly lovebeat: '1.0' | '0.8' | 'off'
  }
  /** So many checks at once: in all, and of one host. */
  readonly limits: { readonly checks: number; readonly perHost: number }
  /** Whether each monitor has a series of its own. */
  readonly metrics: { readonly perMonitor: boolean }
  readonly keep: { readonly observations: number; readonly hours: number; readonly audit: number }
  readonly signIn: SignInModel
}

/** One thing wrong with an input: where (`monitors.web.http.url`), what, and how to mend it. */
export interface Fault {
  readonly path: readonly (string | number)[]
  readonly message: string
  /** Where the fault lies: in the key that ends the path, or (left out) in its value. */
  readonly at?: 'key'
}
export type Read<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly faults: readonly Fault[] }

/** How specs are read: each gives the model, or all that is wrong with the spec. Never throws. */
export interface Readers {
  /** Whether monitors of this kind follow from others: whom, their model says. */
  isDerived(kind: string): boolean
  readMonitor(key: string, spec: unknown): Read<MonitorModel>
  readChannel(key: string, spec: unknown): Read<ChannelModel>
  readRule(key: string, spec: unknown): Read<RuleModel>
  readPage(key: string, spec: unknown): Read<PageModel>
}
