// `allswell token`: makes, lists and revokes tokens for the API, and makes the link for an owner.
// Promises to print a secret once, alone on stdout. Must not know how tokens are kept.
import { parseDuration, sayDuration } from '#core/duration.ts'
import { sayLimit } from '#core/rights.ts'
import { meant } from '#platform/arguments.ts'
import { type Settings, UsageError } from '#platform/settings.ts'
import { align, type Command, type Context } from './command.ts'
import { harmless } from './text.ts'
import type { TokenAdmin, TokenInfo } from './token-admin.ts'

const verbs = ['create', 'list', 'revoke']

export const token: Command = {
  name: 'token',
  summary: 'Make, list and revoke tokens for the API, or make a link for an owner.',
  forms: [
    'create --name NAME --scope SCOPE[,SCOPE...] [--labels NAME=VALUE[,...]] [--expires DURATION]',
    'create --name NAME --scope report --components PAGE/COMPONENT[,...] [--expires DURATION]',
    'list [--json]',
    'revoke ID',
    '--owner',
  ],
  flags: [
    { flag: 'name', takes: 'NAME', help: 'What the token is for.' },
    { flag: 'scope', takes: 'SCOPES', help: 'Its rights, with commas: read, report, respond, edit, admin, agent.' },
    { flag: 'labels', takes: 'LABELS', help: 'Only monitors with these labels, as team=shop,region=eu.' },
    { flag: 'components', takes: 'COMPONENTS', help: 'Only for reports on these, as status/db-cluster,status/web.' },
    { flag: 'expires', takes: 'DURATION', help: 'When it ends to be valid, such as 90d; left out: never.' },
    { flag: 'json', help: 'Print JSON.' },
    { flag: 'owner', help: 'Print a link with which an owner account is made: once, within an hour.' },
  ],
  settings: ['data', 'database', 'secretKey', 'secretKeyFile'],
  async run(context) {
    const [verb, ...operands] = context.settings.operands
    if (context.settings.flags.owner === true) return owner(context)
    if (verb === undefined) throw new UsageError([`say what to do: allswell token ${verbs.join('|')}|--owner`])
    if (verb === 'create') return create(context, operands)
    if (verb === 'list') return list(context, operands)
    if (verb === 'revoke') return revoke(context, operands)
    throw new UsageError([`token cannot ${verb}${meant(verb, verbs)}; it can ${verbs.join(', ')}`])
  },
}

async function withAdmin(
  context: Context,
  make: boolean,
  work: (admin: TokenAdmin) => Promise<number>,
): Promise<number> {
  const admin = await context.parts.openAdmin(context.settings, make)
  if (admin.made !== null) {
    const meant = 'if Allswell keeps its data elsewhere, name that by --data or --database'
    context.io.stderr.write(`There was no database yet, and a new one was made in ${admin.made}; ${meant}.\n`)
  }
  try {
    return await work(admin)
  } finally {
    await admin.close()
  }
}

const text = (settings: Settings, flag: string) => {
  const value = settings.flags[flag]
  return typeof value === 'string' ? value : undefined
}

/** The link alone on stdout; it stands in for a password, so it is good once and not for long. */
async function owner(context: Context): Promise<number> {
  const { settings, io } = context
  if (settings.operands.length > 0) throw new UsageError([`unexpected argument ${settings.operands[0]}`])
  return withAdmin(context, true, async (admin) => {
    const link = await admin.owner()
    io.stderr.write('Open this link in a browser within the hour to make an owner account. It works once:\n')
    io.stdout.write(`${link}\n`)
    return 0
  })
}

/** `team=shop,region=eu` as a limit; adds to the faults what is none. */
function limitIn(written: string | undefined, faults: string[]): Record<string, string[]> | null {
  if (written === undefined) return null
  const limit: Record<string, string[]> = {}
  for (const pair of written.split(',').map((one) => one.trim())) {
    const [name = '', value] = pair.split(/=(.*)/s)
    if (!/^[a-zA-Z_][a-zA-Z0-9_.-]{0,62}$/.test(name) || !value)
      faults.push(`--labels: ${JSON.stringify(pair)} is not a label with its value; write team=shop`)
    else limit[name] = [...(limit[name] ?? []), value]
  }
  return limit
}

/** `status/db-cluster` and more; adds to the faults what is none. */
function componentsIn(written: string | undefined, faults: string[]): string[] | null {
  if (written === undefined) return null
  const names = written.split(',').map((one) => one.trim())
  for (const one of names) {
    if (!/^[^/]+\/.+$/.test(one))
      faults.push(`--components: ${JSON.stringify(one)} is not a component with its page; write status/db-cluster`)
  }
  return names
}

async function create(context: Context, operands: readonly string[]): Promise<number> {
  const { settings, parts, io } = context
  const faults = operands.map((word) => `unexpected argument ${word}`)
  const name = text(settings, 'name')?.trim() ?? ''
  if (name === '' || name.length > 200)
    faults.push('--name is needed: 1 to 200 characters that say what the token is for')
  const scopes = [...new Set((text(settings, 'scope') ?? '').split(',').map((scope) => scope.trim()))].filter(Boolean)
  if (scopes.length === 0) faults.push(`--scope is needed: one or more of ${parts.scopes.join(', ')}`)
  for (const scope of scopes) {
    if (!parts.scopes.includes(scope))
      faults.push(`--scope: ${scope} is not one of ${parts.scopes.join(', ')}${meant(scope, parts.scopes)}`)
  }
  const labels = limitIn(text(settings, 'labels'), faults)
  if (labels !== null && scopes.includes('admin'))
    faults.push('--labels: does not go with the scope admin, which sees everything')
  const components = componentsIn(text(settings, 'components'), faults)
  if (components !== null && (scopes.length !== 1 || scopes[0] !== 'report'))
    faults.push('--components: goes with the scope report alone: of anything else it limits nothing')
  const expires = text(settings, 'expires')
  const ms = expires === undefined ? null : parseDuration(expires)
  if (expires !== undefined && (ms === null || ms <= 0)) faults.push('--expires: write a duration such as 90d or 12h')
  if (faults.length > 0) throw new UsageError(faults)
  const now = parts.clock.now()
  return withAdmin(context, true, async (admin) => {
    const made = await admin.create(name, scopes, { expiresAt: ms === null ? null : now + ms, labels, components })
    const until = ms === null ? 'does not expire' : `expires in ${sayDuration(ms)}`
    io.stderr.write(`Token ${made.id} (${name}: ${scopes.join(', ')}) ${until}. It is shown only this once:\n`)
    io.stdout.write(`${made.secret}\n`)
    return 0
  })
}

async function list(context: Context, operands: readonly string[]): Promise<number> {
  if (operands.length > 0) throw new UsageError([`unexpected argument ${operands[0]}`])
  const { settings, io } = context
  return withAdmin(context, false, async (admin) => {
    const tokens = await admin.list()
    if (settings.flags.json === true) io.stdout.write(`${JSON.stringify(tokens.map(spell), null, 2)}\n`)
    else if (tokens.length === 0) io.stdout.write('There is no token; make one by: allswell token create\n')
    else {
      const rows = tokens.map((one) => [
        String(one.id),
        harmless(one.name),
        one.scopes.join(','),
        sayLimits(one),
        iso(one.createdAt) ?? '',
        iso(one.expiresAt) ?? 'never',
        iso(one.lastUsedAt) ?? 'never',
      ])
      io.stdout.write(align([['ID', 'NAME', 'SCOPES', 'LIMITS', 'CREATED', 'EXPIRES', 'LAST USED'], ...rows]))
    }
    return 0
  })
}

const sayLimits = ({ labels, components }: TokenInfo) =>
  components !== null ? components.map(harmless).join(',') : labels === null ? 'none' : sayLimit(labels)
const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())

/** As the API has it. */
function spell(token: TokenInfo) {
  const { createdAt, expiresAt, lastUsedAt } = token
  return { ...token, createdAt: iso(createdAt), expiresAt: iso(expiresAt), lastUsedAt: iso(lastUsedAt) }
}

async function revoke(context: Context, operands: readonly string[]): Promise<number> {
  const id = operands.length === 1 && /^[1-9]\d{0,14}$/.test(operands[0] ?? '') ? Number(operands[0]) : null
  if (id === null) throw new UsageError(['name one token by its number; allswell token list shows them'])
  return withAdmin(context, false, async (admin) => {
    if (await admin.revoke(id)) {
      context.io.stdout.write(`Token ${id} is revoked.\n`)
      return 0
    }
    context.io.stderr.write(`allswell: there is no token ${id}; allswell token list shows those that there are\n`)
    return 1
  })
}
