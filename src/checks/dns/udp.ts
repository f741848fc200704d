// Asking by UDP: a question, each socket with an id of its own.
// Promises that an answer counts only by id and question. Must not know what a good answer is.
import { randomInt } from 'node:crypto'
import type { Attempt } from '../attempt.ts'
import { type DatagramOptions, exchange, type Tally } from '../datagram.ts'
import { answersTo, type Question, spellQuestion, strangeness } from './message.ts'

export interface UdpOptions extends DatagramOptions {
  readonly edns: boolean
}

export interface StrangeTally extends Tally {
  /** What came with the right id and is no answer to the question all the same; null: nothing. */
  strange: string | null
}

/** The first message that answers; waits until the attempt ends. Throws Failure when no address is left. */
export function askByUdp(
  attempt: Attempt,
  question: Question,
  options: UdpOptions,
  tally: StrangeTally,
): Promise<Buffer> {
  const talk = () => {
    const id = randomInt(0x10000)
    return {
      spell: () => spellQuestion(question, id, options.edns),
      read: (bytes: Buffer) => {
        if (answersTo(bytes, question, id)) return bytes
        tally.strange ??= strangeness(bytes, id)
        return null
      },
    }
  }
  return exchange(attempt, options, talk, tally)
}
