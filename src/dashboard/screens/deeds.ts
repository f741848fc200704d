// Taking trouble on, and putting it off; and what came of a check, in words.
import { at, post, remove } from '../api/client.ts'
import type { Finding } from '../api/types.ts'
import { latency, statusWord } from '../words.ts'

export const acknowledge = (key: string, note?: string): Promise<unknown> =>
  post(at('monitors', key, 'acknowledge'), note ? { note } : {})
export const unacknowledge = (key: string): Promise<void> => remove(at('monitors', key, 'acknowledge'))
export const snooze = (key: string, span: string): Promise<unknown> =>
  post(at('monitors', key, 'snooze'), { for: span })
export const unsnooze = (key: string): Promise<void> => remove(at('monitors', key, 'snooze'))

/** So long things are kept quiet, as people choose it. */
export const quietSpans = [
  ['30m', '30 minutes'],
  ['1h', '1 hour'],
  ['4h', '4 hours'],
  ['1d', '1 day'],
  ['7d', '7 days'],
] as const

/** `Up in 82 ms.` and why not, where it is not. */
export const findingWords = ({ outcome, latency: ms, sentence }: Finding): string =>
  `${statusWord[outcome]}${ms === null ? '' : ` in ${latency(ms)}`}. ${sentence ?? ''}`.trim()
