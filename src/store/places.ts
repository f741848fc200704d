// Places: what a sealed text is bound to, so that a row's secret cannot be put into another row.
// Promises names that never change: what is sealed stays openable.
import type { NewObject, ObjectType } from './store.ts'

/** Types of objects whose specs may hold secrets. */
export const sealedTypes: ReadonlySet<ObjectType> = new Set(['monitor', 'channel'])

/** What a first heartbeat made has no secrets: nobody could say one. There may be hundreds of thousands of these. */
export const mayHoldSecrets = ({ type, owner }: Pick<NewObject, 'type' | 'owner'>): boolean =>
  sealedTypes.has(type) && owner !== unsealedOwner
export const unsealedOwner = 'beat'

export const objectPlace = (type: string, key: string): string => `object ${type} ${key}`
export const totpPlace = (user: number): string => `totp ${user}`
export const ticketPlace = (kind: string, hash: string): string => `ticket ${kind} ${hash}`
