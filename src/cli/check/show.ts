// What `allswell check` shows: the verdict first, its sentence, then the evidence; or all of it as JSON.
// Promises lines that fit the terminal, and none of a target's bytes as they came. Must not know any kind.
import type { Finding } from '#checks/check.ts'
import type { Outcome } from '#core/words.ts'
import { type Context, paint } from '../command.ts'
import { columnsOf, harmless, harmlessJson, widthOf, wrap } from '../text.ts'
import { drawFacts, sayTime } from './facts.ts'
import type { Request } from './request.ts'

export interface Looked {
  readonly request: Request
  readonly finding: Finding
  /** When it began, epoch ms. */
  readonly at: number
}

/** Each outcome has a shape and a word beside its colour. */
const verdicts = {
  up: ['✓', 'green'],
  degraded: ['!', 'yellow'],
  down: ['✗', 'red'],
  unknown: ['?', 'yellow'],
} as const satisfies Record<Outcome, readonly [string, string]>

/** The JSON text. */
export function print({ request, finding, at }: Looked): string {
  const { kind, monitor, target, timeout } = request
  const { outcome, latency, reason, sentence, facts = {} } = finding
  const took = latency === null ? null : Math.round(latency * 1_000) / 1_000
  const began = new Date(at).toISOString()
  const all = { kind: kind.kind, monitor, target, at: began, timeout, outcome, latency: took, reason, sentence, facts }
  return `${harmlessJson(JSON.stringify(all, null, 2))}\n`
}

/** The text for people. */
export function draw({ request, finding, at }: Looked, { io: { stdout }, env }: Context): string {
  const width = columnsOf(stdout)
  const { outcome, facts = {} } = finding
  const [shape, colour] = verdicts[outcome]
  const verdict = `${shape} ${outcome.toUpperCase()}`
  const what = `${request.kind.kind} ${harmless(request.target)}`
  const [first = '', ...rest] = wrap(what, width - widthOf(verdict) - 2)
  const indent = ' '.repeat(widthOf(verdict) + 2)
  const head = [
    `${paint(stdout, env, 'bold', paint(stdout, env, colour, verdict))}  ${paint(stdout, env, 'bold', first)}`,
    ...rest.map((line) => indent + paint(stdout, env, 'bold', line)),
    ...wrap(sayFinding(finding), width - 2).map((line) => `  ${line}`),
  ]
  const dim = (text: string) => paint(stdout, env, 'dim', text)
  const evidence = drawFacts(facts, { now: at, width, dim })
  return [`${head.join('\n')}\n`, ...evidence.map((section) => `${section.join('\n')}\n`)].join('\n')
}

function sayFinding({ outcome, latency, sentence }: Finding): string {
  const took = latency === null ? '' : `It took ${sayTime(latency)}.`
  if (outcome === 'up') return latency === null ? 'All is well.' : `All is well. ${took}`
  return harmless(sentence ?? 'Nobody can say why.')
}
