// The spans over which shares of time are told, and the roll-ups that make them up with the fewest rows.
// Promises the same share wherever it is told. Pure.
import { type Resolution, resolutionMs } from '#core/rollup.ts'

const { hour, day } = resolutionMs

const windows = {
  '24h': { resolution: 'hour', ms: day },
  '7d': { resolution: 'hour', ms: 7 * day },
  '30d': { resolution: 'day', ms: 30 * day },
  '90d': { resolution: 'day', ms: 90 * day },
  '365d': { resolution: 'day', ms: 365 * day },
} as const satisfies Record<string, { readonly resolution: Resolution; readonly ms: number }>

export type WindowName = keyof typeof windows
export const windowNames = Object.keys(windows) as [WindowName, ...WindowName[]]

export interface ShareSpan {
  readonly resolution: Resolution
  /** The beginning of the hour or day that it begins in, epoch ms. */
  readonly from: number
}

export function shareSpan(name: WindowName, now: number): ShareSpan {
  const { resolution, ms } = windows[name]
  const size = resolutionMs[resolution]
  return { resolution, from: Math.floor((now - ms) / size) * size }
}

export interface Piece {
  readonly resolution: Resolution
  readonly from: number
  readonly to: number
}

/** What makes up the time from an hour on: hours to the next day, whole days, and the hours of the last day. */
export function pieces({ resolution, from }: ShareSpan, now: number): Piece[] {
  const to = now + 1
  if (resolution === 'day') return [{ resolution, from, to }]
  const [first, last] = [Math.ceil(from / day) * day, Math.floor(now / day) * day]
  if (last - first < day) return [{ resolution, from, to }]
  const all: Piece[] = [
    { resolution: 'hour', from, to: first },
    { resolution: 'day', from: first, to: last },
    { resolution: 'hour', from: last, to },
  ]
  return all.filter((piece) => piece.from < piece.to)
}

/** So many hours: what lists look back at single results for. */
export const hours = (count: number): number => count * hour
