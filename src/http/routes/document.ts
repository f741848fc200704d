// Planning and applying a document of one scope, and giving out what is there as such a document.
// Promises one request and one transaction for all of it. Must not know files or terminals.
import { z } from 'zod'
import { applyDocument, planDocument } from '#commands/document/apply.ts'
import { type ApplyTerms, type Document, scopeName, sections } from '#commands/document/document.ts'
import { exportDocument } from '#commands/document/export.ts'
import type { Plan } from '#commands/document/plan.ts'
import type { ApiParts } from '../parts.ts'
import { type Route, route } from '../route.ts'
import { labelFilters, labelsAsked, ownerName } from './objects.ts'

/** So large may a document be, bytes: 10,000 monitors with all their settings are some 5 MB. */
const documentMost = 32_000_000

const entries = z.record(z.string(), z.record(z.string(), z.unknown()))
const type = z.enum(['monitor', 'channel', 'rule', 'page'])
const about = { type, key: z.string() }

const document = z.strictObject({
  scope: scopeName.describe('Whose objects these are; nothing outside of it is changed or deleted.'),
  monitors: entries.optional(),
  channels: entries.optional(),
  rules: entries.optional(),
  pages: entries.optional(),
  moved: z
    .record(z.string(), z.string())
    .describe('New key → old key of monitors that were renamed: their history goes with them.')
    .optional(),
  removed: z
    .strictObject(Object.fromEntries(sections.map((one) => [one, z.array(z.string()).max(10_000).optional()])))
    .describe('Keys of objects that must not be there, whoever made them.')
    .optional(),
  prune: z.boolean().describe('Delete what the scope owns and the document does not name.').prefault(false),
  overwriteDrift: z.boolean().describe('Change back what others changed since the last apply.').prefault(false),
  takeOver: z.boolean().describe('Take over what another scope or an unloaded file owns.').prefault(false),
  allowMassDelete: z
    .int()
    .min(0)
    .describe('So many may be deleted at once. Left out: 10, or a tenth of what the scope owns.')
    .optional(),
})

const planned = z.object({
  changes: z.array(
    z.object({
      ...about,
      action: z
        .enum(['create', 'change', 'delete', 'adopt'])
        .describe('`adopt`: others made it, and it becomes the scope’s.'),
      from: z.string().nullable().describe('The key that it had, where it is renamed.'),
      drifted: z.boolean().describe('Somebody changed it since the last apply.'),
      differences: z.array(
        z.object({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() }),
      ),
    }),
  ),
  unchanged: z.int(),
  left: z.array(z.object({ ...about, protected: z.boolean() })).describe('Owned, not in the document, and staying.'),
  obstacles: z.array(z.object({ ...about, why: z.string() })).describe('Why it cannot be applied as it is.'),
  fingerprint: z.string().describe('Send it back to apply exactly this.'),
})
type Planned = z.input<typeof planned>

const show = ({ changes, left, obstacles, ...rest }: Plan): Planned => ({
  ...rest,
  changes: changes.map(({ differences, ...change }) => ({ ...change, differences: [...differences] })),
  left: [...left],
  obstacles: [...obstacles],
})

function split(body: z.output<typeof document>): [Document, ApplyTerms] {
  const { prune, overwriteDrift, takeOver, allowMassDelete, ...rest } = body
  return [rest, { prune, overwriteDrift, takeOver, deleteMost: allowMassDelete }]
}

export function documentRoutes(parts: ApiParts): Route[] {
  return [
    route({
      at: 'POST /api/v2/plan',
      scope: 'edit',
      summary: 'What applying a document would do; changes nothing',
      bodyMost: documentMost,
      body: document,
      answer: planned,
      handle: async ({ body }) => show(await planDocument(parts, ...split(body))),
    }),
    route({
      at: 'POST /api/v2/apply',
      scope: 'edit',
      summary: 'Make everything of one scope as a document says, all or nothing',
      bodyMost: documentMost,
      body: document.extend({
        fingerprint: z.string().describe('Of a plan: refused where it would do something else by now.').optional(),
      }),
      answer: planned,
      handle: async ({ body: { fingerprint, ...body } }) =>
        show(await applyDocument(parts, ...split(body), fingerprint)),
    }),
    route({
      at: 'GET /api/v2/export',
      scope: 'read',
      summary: 'What is provisioned, as a document; secrets as `***`, which keeps them when it is applied',
      query: z.strictObject({
        owner: ownerName.describe('Only what this owner has.').optional(),
        label: labelFilters,
      }),
      answer: z.object({ monitors: entries, channels: entries, rules: entries, pages: entries }),
      handle: async ({ query: { owner, label } }) =>
        await exportDocument(parts, { owner, labels: label === undefined ? null : labelsAsked(label) }),
    }),
  ]
}
