// Asking by UDP: a question, each socket with an id of its own.
// Promises that an answer counts only by id and question. Must not know what a good answer is.
import { randomInt } from 'node:crypto'
import type { Attempt } from '../attempt.ts'
import { type DatagramOptions, exchange, type Tally } from '../datagram.ts'
import { answersTo, type Question, spellQuestion } from './message.ts'

export interface UdpOptions extends DatagramOptions {
  readonly edns: boolean
}

/** The first message that answers; waits until the attempt ends. Throws Failure when no address is left. */
export function askByUdp(attempt: Attempt, question: Question, options: UdpOptions, tally: Tally): Promise<Buffer> {
  const talk = () => {
    const id = randomInt(0x10000)
    return {
      spell: () => spellQuestion(question, id, options.edns),
      read: (bytes: Buffer) => (answersTo(bytes, question, id) ? bytes : null),
    }
  }
  return exchange(attempt, options, talk, tally)
}
