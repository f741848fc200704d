// `allswell plan`: what applying files would do.
// Promises exit code 0 where nothing would change, 2 where something would, 1 for errors and obstacles.
import { writeFileSync } from 'node:fs'
import { clientSettings, UsageError } from '#platform/settings.ts'
import type { Command, Context } from '../command.ts'
import { openRemote } from '../remote.ts'
import { drawPlan, markdownOf, type PlanAnswer } from './draw.ts'
import { documentFlags, printRefusal, readRequest } from './request.ts'

export const plan: Command = {
  name: 'plan',
  summary: 'Show what applying files would change on a server.',
  forms: ['FILE|FOLDER... [--prune] [--out PLAN] [--json|--markdown]'],
  flags: [
    ...documentFlags,
    { flag: 'out', takes: 'PLAN', help: 'Keep the plan in a file for allswell apply --plan; it holds secrets.' },
    { flag: 'json', help: 'Print the plan as JSON.' },
    { flag: 'markdown', help: 'Print the plan for a comment in a review.' },
  ],
  settings: clientSettings,
  usageCode: 1,
  async run(context) {
    const { settings, io, env, parts } = context
    const { json, markdown, out } = settings.flags
    if (json === true && markdown === true) throw new UsageError(['--json and --markdown exclude each other'])
    const read = readRequest(context)
    if (read === null) return 1
    const answer = await openRemote(settings, parts.clock)
      .ask<PlanAnswer>('POST', '/api/v2/plan', read.request)
      .catch((error: unknown) => printRefusal(io.stderr, error, read.files))
    if (!answer) return 1
    if (json === true) io.stdout.write(`${JSON.stringify(answer, null, 2)}\n`)
    else if (markdown === true) io.stdout.write(markdownOf(answer))
    else drawPlan(answer, io.stdout, env)
    if (typeof out === 'string') keep(context, out, { request: read.request, plan: answer })
    return answer.obstacles.length > 0 ? 1 : answer.changes.length > 0 ? 2 : 0
  },
}

/** For nobody else's eyes: the document has its secrets in it. */
function keep({ io }: Context, file: string, kept: object): void {
  writeFileSync(file, `${JSON.stringify({ allswell: 'plan', ...kept })}\n`, { mode: 0o600 })
  io.stderr.write(`Kept in ${file}; carry it out by: allswell apply --plan ${file}\n`)
}
