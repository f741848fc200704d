// `allswell apply`: makes a server's objects of one scope as files say.
// Promises to do what was shown and agreed to, or nothing.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import type { DocumentFiles } from '#manifest/document.ts'
import { clientSettings, UsageError } from '#platform/settings.ts'
import type { Command, Context } from '../command.ts'
import { openRemote } from '../remote.ts'
import { drawPlan, type PlanAnswer } from './draw.ts'
import { type DocumentRequest, documentFlags, printRefusal, readRequest } from './request.ts'

export const apply: Command = {
  name: 'apply',
  summary: 'Make everything of one scope on a server as files say.',
  forms: ['FILE|FOLDER... [--prune] [--yes] [--json]', '--plan PLAN [--yes] [--json]'],
  flags: [
    ...documentFlags,
    { flag: 'plan', takes: 'PLAN', help: 'Carry out a plan that was kept, as long as it would still do the same.' },
    { flag: 'yes', help: 'Do not ask.' },
    { flag: 'json', help: 'Print what was done as JSON.' },
  ],
  settings: clientSettings,
  async run(context) {
    const { settings, io, env, parts } = context
    const kept = settings.flags['plan']
    const read = typeof kept === 'string' ? readKept(context, kept) : readRequest(context)
    if (read === null) return 1
    const remote = openRemote(settings, parts.clock)
    const ask = (path: string, body: object) =>
      remote.ask<PlanAnswer>('POST', path, body).catch((error: unknown) => printRefusal(io.stderr, error, read.files))
    const quiet = settings.flags['json'] === true
    const plan = 'plan' in read ? read.plan : await ask('/api/v2/plan', read.request)
    if (!plan) return 1
    if (!quiet) drawPlan(plan, io.stdout, env)
    if (plan.obstacles.length > 0) return 1
    const nothing = plan.changes.length === 0
    if (!nothing && settings.flags['yes'] !== true && !(await agreed(context))) return 1
    const done = await ask('/api/v2/apply', { ...read.request, fingerprint: plan.fingerprint })
    if (!done) return 1
    if (quiet) io.stdout.write(`${JSON.stringify(done, null, 2)}\n`)
    else if (!nothing) io.stdout.write('Applied.\n')
    return 0
  },
}

interface Kept {
  readonly request: DocumentRequest
  readonly plan: PlanAnswer
  readonly files: DocumentFiles | null
}

function readKept({ settings }: Context, file: string): Kept {
  const { plan: _, yes: __, json: ___, ...others } = settings.flags
  const more = [...settings.operands, ...Object.keys(others).map((name) => `--${name}`)]
  if (more.length > 0) throw new UsageError([`a kept plan has all that is needed; leave out ${more.join(' ')}`])
  const read = parse(readFileSync(file, 'utf8'))
  if (read === null) throw new Error(`${file} is not a plan; make one by: allswell plan FILE --out ${file}`)
  return { ...read, files: null }
}

function parse(text: string): Omit<Kept, 'files'> | null {
  try {
    const { allswell, request, plan } = JSON.parse(text) as Kept & { allswell?: unknown }
    return allswell === 'plan' ? { request, plan } : null
  } catch {
    return null
  }
}

async function agreed({ io }: Context): Promise<boolean> {
  const { stdin } = io
  if (stdin === undefined || stdin.isTTY !== true) {
    io.stderr.write('Nobody can be asked here; repeat with --yes.\n')
    return false
  }
  io.stdout.write('Apply this? Type yes: ')
  const lines = createInterface({ input: stdin })
  for await (const line of lines) {
    lines.close()
    if (line.trim() === 'yes') return true
    break
  }
  io.stderr.write('Nothing was changed.\n')
  return false
}
