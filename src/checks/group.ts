// The kind `group`: well while enough of the monitors that it follows from are. Nobody looks at it by itself.
// Promises a sentence that names who fails and how many must be up. Must not know how members come to their states.
import { z } from 'zod'
import { selection } from '#core/selection.ts'
import { defineDerived, type Finding, type Members } from './check.ts'
import { asSentence, describeSelector, isAre, keysOf, sayPaused, sayUnwell } from './members-said.ts'

const number = z.int().min(1).max(100_000)
const share = z
  .strictObject({
    at_least: number.describe('So many of them.').optional(),
    percent: z.number().gt(0).max(100).describe('So many of a hundred of them, rounded up.').optional(),
  })
  .refine(({ at_least, percent }) => (at_least === undefined) !== (percent === undefined), {
    error: 'needs either at_least: 3 or percent: 60',
  })
type Share = z.output<typeof share>

const upWhen = z
  .union([z.enum(['all', 'any']), share])
  .default('all')
  .meta({
    title: 'Up when',
    description:
      'How many of them must be up (or degraded, which is usable): all, any (one is enough), at_least or percent. ' +
      'With fewer it is down.',
    examples: ['all', { at_least: 2 }, { percent: 60 }],
  })

const degradedWhen = z
  .union([z.enum(['any', 'never']), share])
  .default('any')
  .meta({
    title: 'Degraded when',
    description:
      'How many of them must be down or degraded for it to be degraded while enough are up: any, never, at_least or ' +
      'percent.',
    examples: ['any', 'never', { at_least: 2 }],
  })

const config = z.strictObject({
  monitors: selection.meta({
    title: 'Monitors',
    description: 'Which monitors: a key, a pattern such as `web-*`, a list of them, or `{ keys, labels }`.',
  }),
  up_when: upWhen,
  degraded_when: degradedWhen,
})

type GroupConfig = z.output<typeof config>
type Conclusion = Omit<Finding, 'latency' | 'identity'>

/** How many of `count` a share is; at least one, so that of none nothing follows. */
function howMany({ at_least = 0, percent }: Share, count: number): number {
  return percent === undefined ? at_least : Math.max(1, Math.ceil((percent * count) / 100 - 1e-9))
}

/** How many members there are, and how many must be up. */
interface Need {
  readonly all: number
  /** Those that count: all but the paused ones. */
  readonly counted: number
  /** So many that must be up do not even exist. */
  readonly missing: number
  readonly up: number
}

function need(members: Members, when: GroupConfig['up_when']): Need {
  const all = members.count()
  const counted = all - members.count('paused')
  const wanted = when === 'all' ? counted : when === 'any' ? 1 : howMany(when, counted)
  const missing = Math.max(0, wanted - all)
  // Of those that people paused nothing is asked, so fewer can be.
  return { all, counted, missing, up: Math.min(wanted, counted + missing) }
}

function derive({ monitors, up_when, degraded_when }: GroupConfig, members: Members): Conclusion {
  const needed = need(members, up_when)
  if (needed.all === 0) return nothingKnown(`No monitor belongs to it; it takes ${describeSelector(monitors)}.`)
  if (needed.counted === 0)
    return nothingKnown(needed.all === 1 ? 'Its one monitor is paused.' : `All of its ${needed.all} are paused.`)
  const usable = members.count('up') + members.count('degraded')
  if (usable < needed.up) {
    const open = usable + members.count('unknown') + needed.missing >= needed.up
    const why = { sentence: say(members, needed, up_when, usable), facts: factsOf(members, needed) }
    return open ? { outcome: 'unknown', reason: 'no_data', ...why } : { outcome: 'down', reason: 'members', ...why }
  }
  const unwell = members.count('down') + members.count('degraded')
  const never = Number.POSITIVE_INFINITY
  const limit = degraded_when === 'any' ? 1 : degraded_when === 'never' ? never : howMany(degraded_when, needed.counted)
  if (unwell < limit) return { outcome: 'up', reason: null, sentence: null }
  const sentence = say(members, needed, up_when, usable)
  return { outcome: 'degraded', reason: 'members', sentence, facts: factsOf(members, needed) }
}

const nothingKnown = (sentence: string): Conclusion => ({ outcome: 'unknown', reason: 'no_data', sentence })

/** `2 of 5 are down: web-1, web-2; at least 4 must be up, and 3 are.` */
function say(members: Members, needed: Need, when: GroupConfig['up_when'], usable: number): string {
  const parts = sayUnwell(members, needed.counted)
  if (needed.missing > 0) parts.push(`only ${needed.all} ${isAre(needed.all)} there`)
  const are = usable === 0 ? 'none is' : `${usable} ${isAre(usable)}`
  if (when !== 'all') parts.push(`at least ${needed.up} must be up, and ${are}`)
  else if (usable < needed.up) parts.push('all must be up')
  return asSentence([...parts, ...sayPaused(members)])
}

const factsOf = (members: Members, needed: Need) => ({
  members: { up: members.count('up'), needed: needed.up, ...keysOf(members) },
})

function describeRule(when: GroupConfig['up_when']): string {
  if (typeof when === 'string') return `${when} of`
  return when.percent === undefined ? `at least ${when.at_least} of` : `at least ${when.percent}% of`
}

export const group = defineDerived<GroupConfig>({
  kind: 'group',
  title: 'Group',
  summary: 'Follows from other monitors: up while enough of them are.',
  example: { monitors: 'web-*', up_when: { at_least: 2 } },
  config,
  describe: ({ monitors, up_when }) => `${describeRule(up_when)} ${describeSelector(monitors)}`,
  members: ({ monitors }) => monitors,
  derive,
})
