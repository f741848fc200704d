// Moments: how a point in time stands in a sentence.
// Promises UTC, to the minute. Pure.

/** `2026-11-21 14:05 UTC`. */
export const sayTime = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
