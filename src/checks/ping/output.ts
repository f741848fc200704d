// What the system's ping program prints, read as numbers: that of iputils, of BusyBox and of the BSDs, in English.
// Promises to take only lines that are whole, and null for what is no result. Must not know how it was started.
import type { Tally } from './tally.ts'

const answer = /^(\d+) bytes from .{1,300}?\b(?:icmp_seq|seq)[= ](\d+)\b.*? time[=<] ?(\d+(?:\.\d+)?) ?ms(.*)$/
const trouble = /^From (\S{1,300}?):? (?:\([^)]*\):? )?icmp_seq[= ]\d+ (.{1,200})$/
const sum = /^(\d+) packets transmitted, (\d+) (?:packets )?received\b/
const repeated = /(\d+) duplicates\b/
/** What the program itself says beside an answer that it did not like. */
const odd = /truncated|DIFFERENT ADDRESS|wrong data byte|wrong total length|BAD CHECKSUM/i

/** Reads the output; `size`: the bytes of data that each answer must hold. Null without the closing sum. */
export function readOutput(text: string, size: number): Omit<Tally, 'by'> | null {
  const times = new Map<number, number>()
  let [sent, said, duplicates, ignored, twice] = [-1, 0, 0, 0, 0]
  let report: string | null = null
  for (const raw of text.split('\n')) {
    const line = raw.trimEnd()
    const answered = answer.exec(line)
    if (answered) {
      const [, bytes, sequence, ms, rest = ''] = answered
      if (odd.test(rest) || Number(bytes) < size) ignored += 1
      else if (rest.includes('DUP!') || times.has(Number(sequence))) twice += 1
      else times.set(Number(sequence), Number(ms))
      continue
    }
    const reported = trouble.exec(line)
    if (reported && report === null) report = `${reported[1]} reports: ${(reported[2] as string).toLowerCase()}`
    const summed = sum.exec(line)
    if (!summed) continue
    sent = Number(summed[1])
    said = Number(summed[2])
    duplicates = Number(repeated.exec(line)?.[1] ?? 0)
  }
  if (sent < 0 || said > sent + duplicates || times.size > sent) return null
  return { sent, times: [...times.values()], duplicates: Math.max(duplicates, twice), ignored, report }
}
