// Taking trouble on, and putting it off; and what came of a check, in words.
import { at, post } from '../api/client.ts'
import type { Finding } from '../api/types.ts'
import { latency, statusWord } from '../words.ts'

export const acknowledge = (key: string): Promise<unknown> => post(at('monitors', key, 'acknowledge'), {})
export const snooze = (key: string, span: string): Promise<unknown> =>
  post(at('monitors', key, 'snooze'), { for: span })

/** `Up in 82 ms.` and why not, where it is not. */
export const findingWords = ({ outcome, latency: ms, sentence }: Finding): string =>
  `${statusWord[outcome]}${ms === null ? '' : ` in ${latency(ms)}`}. ${sentence ?? ''}`.trim()
