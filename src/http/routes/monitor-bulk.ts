// Changing many monitors at once: those that a list would show, or these keys, looked at first and then done.
// Promises that a preview costs a moment's work and that the change is the one that was looked at. Decides nothing.
import { z } from 'zod'
import { isWithin } from '#core/rights.ts'
import { changeMany, type Chosen, type Outcome, previewBulk } from '#commands/bulk/bulk.ts'
import { deeds, gone, type LeftOut } from '#commands/bulk/plan.ts'
import { select } from '../board/filter.ts'
import type { ApiParts } from '../parts.ts'
import { type Route, route } from '../route.ts'
import { filterOf, momentOf, monitorFilters } from './monitor-list.ts'

/** So many keys are taken. */
const keysMost = 10_000
/** Of what is left out for one reason so many keys are told, and so many reasons. */
const keysTold = 20
const reasonsTold = 50

const body = z
  .strictObject({
    keys: z.array(z.string().max(200)).max(keysMost).describe('Only these, of what the query finds.').optional(),
    except: z.array(z.string().max(200)).max(keysMost).describe('Not these, of what is meant otherwise.').optional(),
    set: z
      .record(z.string(), z.unknown())
      .describe(
        'Settings as a merge patch (RFC 7396) of each: `{"interval": "30s", "labels": {"team": "shop", "old": null}}`.',
      )
      .optional(),
    do: z.enum(deeds).describe('In place of settings: what is done with each.').optional(),
    rule: z.string().max(200).describe('Or the rule that shall be about them, by its key.').optional(),
    about: z.boolean().describe('With `rule`; false: it shall not be about them any more.').optional(),
    take_over: z.boolean().describe('Take over what belongs to a file that is no longer loaded.').optional(),
    dry_run: z.boolean().describe('Change nothing: tell what would be changed, and its fingerprint.').optional(),
    fingerprint: z
      .string()
      .max(500_000)
      .describe('Of the preview that was looked at: nothing else is changed than what it showed.')
      .optional(),
  })
  .superRefine((asked, context) => {
    const say = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message })
    const given = (['set', 'do', 'rule'] as const).filter((name) => asked[name] !== undefined)
    if (given.length !== 1) say([], 'says what to do by exactly one of "set", "do" and "rule"')
    if (asked.about !== undefined && asked.rule === undefined) say(['about'], 'goes with "rule" only')
    const { dry_run: dry, fingerprint } = asked
    if (dry !== true && fingerprint === undefined)
      say(['fingerprint'], 'is missing: ask with "dry_run": true first, and send what that preview gives')
  })

const change = z.object({
  path: z.string().describe('The setting, with dots.'),
  before: z.unknown().describe('Left out: it is not there.').optional(),
  after: z.unknown().describe('Left out: it would not be there any more.').optional(),
})
const answer = z.object({
  dryRun: z.boolean(),
  matched: z.int().describe('So many monitors are meant.'),
  changed: z.int().describe('So many would be changed, or were.'),
  unchanged: z.int().describe('So many are so already.'),
  leftOut: z
    .array(
      z.object({
        why: z
          .enum(['owned', 'outside', 'invalid', 'missing', 'moved', 'fixed'])
          .describe(
            'A file owns them; they would lie outside of your rights; the settings do not fit them; there are none; ' +
              'somebody else changed them just now; they are protected, or the rule chooses them otherwise.',
          ),
        sentence: z.string(),
        count: z.int(),
        keys: z.array(z.string()).describe(`The first ${keysTold} of them.`),
      }),
    )
    .describe('What stays as it is, by reason.'),
  items: z
    .array(z.object({ key: z.string(), name: z.string(), changes: z.array(change) }))
    .describe('The first 50 that would be changed, or were, with what is different. Secrets stand as `***`.'),
  fingerprint: z.string().describe('What the change itself has to be sent with.'),
})

export function bulkRoute(parts: ApiParts): Route {
  return route({
    at: 'POST /api/v2/monitors/bulk',
    scope: 'edit',
    summary: 'Change many monitors: first a preview, then what it showed',
    query: z.strictObject(monitorFilters(parts)),
    body,
    answer,
    handle: async ({ query, body: asked, who }) => {
      const limit = who?.limit ?? null
      const { keys, except = [], take_over: takeOver, dry_run: dry, fingerprint } = asked
      const board = await parts.board.look()
      const filter = { ...filterOf(query, limit), ...(keys ? { keys: new Set(keys) } : {}) }
      const spared = new Set(except)
      const found = select(board, filter, momentOf(parts)).filter(({ row }) => !spared.has(row.key))
      const chosen = found.map(({ row }) => ({ id: row.id, key: row.key }))
      const missing = missingOf(keys ?? [], chosen, (key) => {
        const row = board.byKey.get(key)
        return row !== undefined && isWithin(limit, row.labels)
      })
      const wish = wishOf(asked)
      const terms = { takeOver, limit }
      const outcome =
        dry === true || fingerprint === undefined
          ? await previewBulk(parts, chosen, wish, terms)
          : await changeMany(parts, chosen, wish, { ...terms, fingerprint })
      return { dryRun: dry === true, matched: chosen.length, ...show(outcome, missing) }
    },
  })
}

function wishOf({ set, do: deed, rule, about = true }: z.output<typeof body>) {
  if (set !== undefined) return { set }
  return deed === undefined ? { rule: rule ?? '', about } : { do: deed }
}

/** Keys of nothing that they see. Those that only the filters leave out are not missing. */
function missingOf(keys: readonly string[], chosen: readonly Chosen[], isThere: (key: string) => boolean): LeftOut[] {
  const found = new Set(chosen.map(({ key }) => key))
  return keys.filter((key) => !found.has(key) && !isThere(key)).map(gone)
}

function show({ changed, unchanged, leftOut, shown, fingerprint }: Outcome, missing: readonly LeftOut[]) {
  const reasons = Map.groupBy([...leftOut, ...missing], ({ why, sentence }) => `${why} ${sentence}`)
  return {
    changed,
    unchanged,
    leftOut: [...reasons.values()].slice(0, reasonsTold).flatMap((group) => {
      const [first] = group
      if (first === undefined) return []
      const keys = group.slice(0, keysTold).map(({ key }) => key)
      return [{ why: first.why, sentence: first.sentence, count: group.length, keys }]
    }),
    items: shown.map(({ key, name, changes }) => ({ key, name, changes: changes.map((one) => ({ ...one })) })),
    fingerprint,
  }
}
