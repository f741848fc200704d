// Expected statuses as people write them: 200, "200-399", "2xx", or a list of these.
// Promises ranges of numbers inside and the same in words. Must not know answers.
import { STATUS_CODES } from 'node:http'
import { z } from 'zod'

/** From and to, both included. */
export type StatusRange = readonly [from: number, to: number]

const error = 'expected a status such as 200, a range such as "200-399", a class such as 2xx, or a list of these'
const form = /^\s*[1-9]\d\d\s*(-\s*[1-9]\d\d\s*)?$|^\s*[1-9]xx\s*$/i
const one = z.union([z.int(), z.string().regex(form, { error })], { error })
const statusMost = 599

function readRange(text: number | string): StatusRange {
  if (typeof text === 'number') return [text, text]
  if (/xx/i.test(text)) return [Number(text.trim()[0]) * 100, Number(text.trim()[0]) * 100 + 99]
  const [from, to] = text.split('-').map(Number)
  return [from as number, to ?? (from as number)]
}

/** The setting `status: 200 | "200-399" | 2xx | [200, 204]`. */
export const statusSetting = z
  .union([one, z.array(one).min(1).max(100)])
  .transform((value, context): readonly StatusRange[] => {
    const ranges = (Array.isArray(value) ? value : [value]).map(readRange)
    const backward = ranges.find(([from, to]) => from > to)
    const unknown = ranges.find(([from, to]) => from < 100 || to > statusMost)
    if (!backward && !unknown) return ranges
    const message = backward
      ? `${backward.join('-')} is empty; write the smaller number first`
      : `${[...new Set(unknown)].join('-')} is no status of HTTP; these go from 100 to ${statusMost}`
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
  .prefault('200-399')
  .meta({
    title: 'Status',
    description: 'Which statuses are well: one, a range, a class such as 2xx, or a list of these.',
    examples: [200, '200-399', '2xx', [200, 204]],
  })

export const within = (status: number, ranges: readonly StatusRange[]): boolean =>
  ranges.some(([from, to]) => status >= from && status <= to)

/** `200`, `200–399`, `200 or 204`. */
export const sayRanges = (ranges: readonly StatusRange[]): string =>
  ranges.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`)).join(' or ')

/** `404 Not Found`. */
export const sayStatus = (status: number): string => `${status} ${STATUS_CODES[status] ?? ''}`.trim()

const followed = new Set([301, 302, 303, 307, 308])

/** Whether a status sends the client elsewhere. */
export const isRedirect = (status: number): boolean => followed.has(status)

/** Whether nothing but redirects would be well. */
export function onlyRedirects(ranges: readonly StatusRange[]): boolean {
  return ranges.every(([from, to]) => from === to && isRedirect(from))
}
