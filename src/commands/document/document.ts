// A document: the whole of what one scope provisions, as it is planned and applied in one request.
// Promises one form for file, API and tools. Must not know where a document was written.
import { z } from 'zod'
import type { Fault } from '#manifest/model.ts'
import type { ObjectType } from '#store/store.ts'

/** Sections in the order in which they are written: what others refer to comes first. */
export const sections = ['monitors', 'channels', 'rules', 'pages'] as const
export type Section = (typeof sections)[number]
export const typeOf: Readonly<Record<Section, ObjectType>> = {
  monitors: 'monitor',
  channels: 'channel',
  rules: 'rule',
  pages: 'page',
}

export type Entries = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export const scopeName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'is not the name of a scope: small letters, digits, ".", "_" and "-", at most 64',
  )

export interface Document extends Readonly<Partial<Record<Section, Entries>>> {
  /** Whose objects these are: nothing outside of the scope is deleted. */
  readonly scope: string
  /** Monitors that have other keys now, new key → old one: their history goes with them. */
  readonly moved?: Readonly<Record<string, string>> | undefined
  /** Keys of objects that must not be there, whoever made them. */
  readonly removed?: Readonly<Partial<Record<Section, readonly string[]>>> | undefined
}

export interface ApplyTerms {
  /** What the scope owns and the document does not name is deleted. */
  readonly prune: boolean
  /** What others changed since the last apply is changed back. */
  readonly overwriteDrift: boolean
  /** What another scope, or a file that is no longer loaded, owns becomes this scope's. */
  readonly takeOver: boolean
  /** So many may be deleted at once; left out: ten, or a tenth of what the scope owns. */
  readonly deleteMost?: number | undefined
}

/** One entry of a document that can be read. */
export interface Written {
  readonly section: Section
  readonly type: ObjectType
  readonly key: string
  readonly spec: Readonly<Record<string, unknown>>
}

export const ownerOfScope = (scope: string): string => `scope:${scope}`

/** The scope that an owner stands for; null: it is none. */
export const scopeOf = (owner: string): string | null => (owner.startsWith('scope:') ? owner.slice(6) : null)

export const entriesOf = (document: Document): Written[] =>
  sections.flatMap((section) =>
    Object.entries(document[section] ?? {}).map(([key, spec]) => ({ section, type: typeOf[section], key, spec })),
  )

/** Where a fault of an entry lies in its document. */
export const placed = ({ section, key }: Pick<Written, 'section' | 'key'>, fault: Fault): Fault => ({
  ...fault,
  path: [section, key, ...fault.path],
})
