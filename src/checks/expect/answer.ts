// Expectations of an answer that may be text or bytes.
// Promises the predicate of a sentence for what is wrong, and a quotation of either. Must not know where it came from.
import { z } from 'zod'
import { hexSetting } from '../payload.ts'
import { excerpt, quote } from '../quote.ts'
import { refuseContradictions, type TextExpectation, textFault, type TextFault, textSettings } from './text.ts'

const { empty: _, ...settings } = textSettings('answer')

/** The setting `expect: { contains: … }`. */
export const answerSetting = z
  .strictObject({
    ...settings,
    bytes: hexSetting
      .meta({ title: 'Bytes', description: 'Bytes that must be in the answer, as hexadecimal digits: "ff ff 49".' })
      .optional(),
  })
  .superRefine(refuseContradictions)

export interface AnswerExpectation extends TextExpectation {
  readonly bytes?: Buffer | undefined
}

/** The first expectation that an answer does not meet; null when it meets all. `isCut`: more of it may come. */
export function answerFault(answer: Buffer, expect: AnswerExpectation, isCut: boolean) {
  const { bytes } = expect
  if (bytes && !answer.includes(bytes))
    return { says: `does not contain the bytes ${sayHex(bytes)}`, isHopeful: true } as const
  const wrong: TextFault | null = textFault(answer.toString('utf8'), expect, isCut)
  return wrong
}

const shownMost = 24
const sayHex = (bytes: Buffer) =>
  bytes.toString('hex', 0, shownMost).replaceAll(/..(?!$)/g, '$& ') + (bytes.length > shownMost ? ' …' : '')

/** White space aside, control characters and what is no text. */
const unreadable = /[^\P{Cc}\s]|\ufffd/gu

/** Whether it is mostly to be read. */
function isText(text: string): boolean {
  return (text.match(unreadable)?.length ?? 0) * 5 <= text.length
}

/** In quotation marks where it is text, else as bytes. */
export function sayAnswer(answer: Buffer): string {
  const head = answer.toString('utf8', 0, 400)
  return answer.length === 0 ? 'nothing' : isText(head) ? quote(head) : `${sayHex(answer)} (hexadecimal)`
}

/** What is kept of an answer as evidence. */
export function showAnswer(answer: Buffer, most: number): string {
  const head = answer.subarray(0, most)
  const text = head.toString('utf8')
  return isText(text) ? excerpt(text, most) : head.toString('hex')
}
