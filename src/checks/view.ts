// The kind `view`: a saved query over monitors, with the worst state among them; or one view for each match of it.
// Promises that a pattern takes time that grows with a key and no faster, and that no view is a member of another, so
// that none follows from itself. Must not know how members come to their states.
import { z } from 'zod'
import type { Candidate, Selector } from '#core/glob.ts'
import { wireName } from '#core/key.ts'
import { selection } from '#core/selection.ts'
import { openMatch, openTest, patternMost, regexFault } from '#platform/regex.ts'
import { defineDerived, type Finding, type Members } from './check.ts'
import { asSentence, describeSelector, keysOf, sayPaused, sayUnwell } from './members-said.ts'

const pattern = z
  .string()
  .min(1)
  .max(patternMost)
  .superRefine((text, context) => {
    const wrong = regexFault(text)
    if (wrong !== null) context.addIssue({ code: 'custom', message: wrong })
  })

const fields = z.strictObject({
  monitors: selection
    .meta({
      title: 'Monitors',
      description: 'Which monitors: a key, a pattern such as `web-*`, a list of them, or `{ keys, labels }`.',
    })
    .optional(),
  match: pattern
    .meta({
      title: 'Pattern',
      description: 'A regular expression (RE2) that is found in their keys, or in the names by which they beat.',
      examples: ['^backup\\.'],
    })
    .optional(),
  except: pattern
    .meta({ title: 'Except', description: 'Those in which this regular expression is found do not belong to it.' })
    .optional(),
  each: z
    .string()
    .max(200)
    .regex(/\$(?:[1-9]|\{[1-9]\})/, 'names no group of match, such as backup-$1')
    .meta({
      title: 'One view for each',
      description:
        'Makes a view of its own for each different text that this becomes: `$1` to `$9` stand for the groups of ' +
        '`match`. They come with the first monitor that belongs to them.',
      examples: ['backup-$1'],
    })
    .optional(),
  only: z
    .string()
    .min(1)
    .max(1_000)
    .meta({
      title: 'Only this one',
      description: 'In a view that `each` has made: what `each` becomes for those that belong to it.',
    })
    .optional(),
})

const config = fields.superRefine(({ monitors, match, each, only }, context) => {
  const fault = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
  if (monitors === undefined && match === undefined) fault('match', 'is missing; give match, monitors, or both')
  if (each !== undefined && match === undefined) fault('each', 'names groups of match, and there is none')
  if (only !== undefined && each === undefined) fault('only', 'is what each becomes, and there is none')
})

type ViewConfig = z.output<typeof config>

/** A text is found in a key, or in the name that the key was made of. */
const called = ({ key, name }: Candidate) => (name === undefined || name === key ? key : wireName({ key, name }))

function members({ monitors, match, except, each, only }: ViewConfig): Selector {
  const isMatch = match === undefined || only !== undefined ? null : openTest(match)
  const isExcepted = except === undefined ? null : openTest(except)
  const fits = (one: Candidate) => {
    if (one.members != null) return false
    if (isExcepted === null && isMatch === null) return true
    const text = called(one)
    return !isExcepted?.(text) && (isMatch === null || isMatch(text))
  }
  const part = match === undefined || each === undefined || only === undefined ? null : expander(match, each)
  const chosen = { keys: monitors?.keys ?? null, labels: monitors?.labels ?? null, fits }
  return part === null ? chosen : { ...chosen, part: { by: part, is: only ?? '' } }
}

/** What `each` becomes for a monitor; null: it does not match. */
type Expand = (monitor: Candidate) => string | null

/** One for all views that one has made. */
const expanders = new Map<string, Expand>()
const expandersMost = 1_000

function expander(match: string, each: string): Expand {
  const name = JSON.stringify([match, each])
  const known = expanders.get(name)
  if (known) return known
  const [isMatch, found] = [openTest(match), openMatch(match)]
  const work = (text: string): string | null => {
    const groups = isMatch(text) ? found(text) : null
    if (groups === null) return null
    return each.replaceAll(/\$(?:([1-9])|\{([1-9])\})/g, (_, one, other) => groups[one ?? other] ?? '').trim()
  }
  // All views are asked of one monitor, and then of the next.
  let last: { readonly text: string; readonly expanded: string | null } | null = null
  const expand: Expand = (monitor) => {
    const text = called(monitor)
    if (last?.text !== text) last = { text, expanded: work(text) }
    return last.expanded
  }
  if (expanders.size >= expandersMost) expanders.clear()
  expanders.set(name, expand)
  return expand
}

function unfold(settings: ViewConfig, member: Candidate) {
  const { match, each, only, monitors, except } = settings
  if (match === undefined || each === undefined || only !== undefined) return null
  const name = expander(match, each)(member) ?? ''
  if (name === '') return null
  const chosen = monitors && {
    ...(monitors.keys === null ? {} : { keys: monitors.keys }),
    ...(monitors.labels === null ? {} : { labels: monitors.labels }),
  }
  const common = { ...(chosen ? { monitors: chosen } : {}), ...(except === undefined ? {} : { except }) }
  return { name, settings: { ...common, match, each, only: name } }
}

type Conclusion = Omit<Finding, 'latency' | 'identity'>

/** The worst first; paused ones do not count. */
function derive(_: ViewConfig, all: Members): Conclusion {
  const counted = all.count() - all.count('paused')
  if (counted === 0) {
    const sentence = all.count() === 0 ? 'No monitor belongs to it yet.' : `All of its ${all.count()} are paused.`
    return { outcome: 'unknown', reason: 'no_data', sentence }
  }
  const outcome = (['down', 'degraded', 'unknown'] as const).find((status) => all.count(status) > 0) ?? 'up'
  if (outcome === 'up') return { outcome, reason: null, sentence: null }
  const sentence = asSentence([...sayUnwell(all, counted), ...sayPaused(all)])
  const facts = { members: { up: all.count('up'), needed: counted, ...keysOf(all) } }
  return { outcome, reason: outcome === 'unknown' ? 'no_data' : 'members', sentence, facts }
}

function describe({ monitors, match, each, only }: ViewConfig): string {
  const some = monitors && describeSelector(monitors)
  if (match === undefined) return `the worst of ${some}`
  const among = some ? ` among ${some}` : ''
  if (only !== undefined) return `the worst of “${only}”, by ${match}${among}`
  return `the worst of ${match}${among}${each === undefined ? '' : `, and ${each}`}`
}

export const view = defineDerived<ViewConfig>({
  kind: 'view',
  title: 'View',
  summary: 'A saved query over monitors, by pattern or labels, with the worst state among them.',
  example: { match: '^backup\\.' },
  config,
  describe,
  members,
  unfold,
  derive,
})
