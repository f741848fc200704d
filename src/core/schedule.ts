// Schedule: when an active monitor is due. The phase comes from its key, so load is even and restarts keep the rhythm.
// Promises a due time strictly ahead and never further than one interval. Pure.

/** FNV-1a with a last stir, 32 bits: spreads keys evenly; not for secrets. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index)
    hash = Math.imul(hash, 0x01000193)
  }
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x7feb352d)
  hash ^= hash >>> 15
  return hash >>> 0
}

/** The next moment after `now` that lies on this key's grid: `interval` apart, shifted by the key's own phase. */
export function nextOnGrid(key: string, interval: number, now: number): number {
  const phase = Math.floor((hash32(key) / 0x1_0000_0000) * interval)
  const steps = Math.floor((now - phase) / interval) + 1
  return phase + steps * interval
}

/** The first check after a start or a change: soon, within one interval, spread so that `count` make no burst. */
export function firstDue(key: string, interval: number, now: number, count: number): number {
  const spread = Math.min(interval, count * 5)
  return now + Math.floor((hash32(`${key}#first`) / 0x1_0000_0000) * spread)
}
