// A plan as people read it: on a terminal, or in a review.
// Promises that nothing of it can move the cursor, break the table or show a secret. Must not know how it came about.
import { visible } from '#core/quote.ts'
import type { Environment } from '#platform/settings.ts'
import { type Output, paint } from '../command.ts'

export interface PlannedChange {
  readonly type: string
  readonly key: string
  readonly action: 'create' | 'change' | 'delete' | 'adopt'
  readonly from: string | null
  readonly drifted: boolean
  readonly differences: readonly { readonly path: string; readonly before?: unknown; readonly after?: unknown }[]
}

/** The answer of the server. */
export interface PlanAnswer {
  readonly changes: readonly PlannedChange[]
  readonly unchanged: number
  readonly left: readonly { readonly type: string; readonly key: string; readonly protected: boolean }[]
  readonly obstacles: readonly { readonly type: string; readonly key: string; readonly why: string }[]
  readonly fingerprint: string
}

const signs = { create: '+', change: '~', delete: '-', adopt: '*' } as const
const colours = { create: 'green', change: 'yellow', delete: 'red', adopt: 'yellow' } as const
const longest = 120

function value(one: unknown): string {
  const text = visible(typeof one === 'string' ? one : JSON.stringify(one))
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text
}

/** `interval: 30s → 5m`. */
function difference(one: PlannedChange['differences'][number]): string {
  if (!('before' in one)) return `${one.path}: ${value(one.after)}`
  if (!('after' in one)) return `${one.path}: ${value(one.before)} → (nothing)`
  return `${one.path}: ${value(one.before)} → ${value(one.after)}`
}

function about({ action, from, drifted }: PlannedChange): string {
  const notes = [
    from === null ? null : `was ${from}`,
    action === 'adopt' ? 'made by others, belongs to the scope from now on' : null,
    drifted ? 'changed by somebody since the last apply' : null,
  ].filter((note) => note !== null)
  return notes.length === 0 ? '' : ` (${notes.join('; ')})`
}

/** `2 to create, 1 to delete, 3 unchanged`. */
export function summary({ changes, unchanged, left }: PlanAnswer): string {
  const count = (action: PlannedChange['action'], words: string) => {
    const found = changes.filter((change) => change.action === action).length
    return found === 0 ? [] : [`${found} ${words}`]
  }
  const parts = [
    ...count('create', 'to create'),
    ...count('change', 'to change'),
    ...count('adopt', 'to adopt'),
    ...count('delete', 'to delete'),
    `${unchanged} unchanged`,
  ]
  const kept = left.filter((one) => !one.protected).length
  if (kept > 0) parts.push(`${kept} not in the files and left alone (--prune deletes them)`)
  if (left.length > kept) parts.push(`${left.length - kept} protected and left alone`)
  return parts.join(', ')
}

/** As it stands on a terminal. */
export function drawPlan(plan: PlanAnswer, output: Output, env: Environment): void {
  for (const change of plan.changes) {
    const { action, type, key } = change
    output.write(`${paint(output, env, colours[action], `${signs[action]} ${type} ${visible(key)}`)}${about(change)}\n`)
    if (action === 'delete') continue
    for (const one of change.differences) output.write(`    ${difference(one)}\n`)
  }
  if (plan.changes.length > 0) output.write('\n')
  for (const { type, key, why } of plan.obstacles)
    output.write(`${paint(output, env, 'red', 'In the way:')} ${type} ${visible(key)}: ${visible(why)}\n`)
  if (plan.obstacles.length > 0) output.write('\n')
  output.write(`${summary(plan)}.\n`)
}

const cell = (text: string) => text.replaceAll('|', String.raw`\|`).replaceAll('`', "'")

/** For a comment in a review: GitHub's and GitLab's Markdown. */
export function markdownOf(plan: PlanAnswer): string {
  const lines = [`**Allswell:** ${summary(plan)}.`]
  if (plan.obstacles.length > 0) {
    lines.push('', 'In the way:', '')
    for (const { type, key, why } of plan.obstacles) lines.push(`- ${type} \`${cell(key)}\`: ${cell(visible(why))}`)
  }
  if (plan.changes.length > 0) {
    lines.push('', '| | | settings |', '|---|---|---|')
    for (const change of plan.changes) {
      const settings = change.action === 'delete' ? [] : change.differences.map((one) => `\`${cell(difference(one))}\``)
      const what = `${change.type} \`${cell(change.key)}\`${cell(about(change))}`
      lines.push(`| ${change.action} | ${what} | ${settings.join('<br>')} |`)
    }
  }
  return `${lines.join('\n')}\n`
}
