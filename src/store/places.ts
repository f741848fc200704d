// Places: what a sealed text is bound to, so that a row's secret cannot be put into another row.
// Promises names that never change: what is sealed stays openable.
import type { ObjectType } from './store.ts'

/** Types of objects whose specs may hold secrets. */
export const sealedTypes: ReadonlySet<ObjectType> = new Set(['monitor', 'channel'])

export const objectPlace = (type: string, key: string): string => `object ${type} ${key}`
export const totpPlace = (user: number): string => `totp ${user}`
export const ticketPlace = (kind: string, hash: string): string => `ticket ${kind} ${hash}`
