// What plan and apply have in common: flags, files read into one document, and what the server finds wrong with it.
// Promises every fault at its place in the files. Must not know what is done with a plan.
import { loadDocument } from '#manifest/disk.ts'
import type { DocumentFiles } from '#manifest/document.ts'
import { drawFault } from '#manifest/show.ts'
import type { SourceFault } from '#manifest/sources.ts'
import type { OwnFlag } from '#platform/arguments.ts'
import { type Settings, UsageError } from '#platform/settings.ts'
import type { Context, Output } from '../command.ts'
import { RemoteError } from '../remote.ts'

export const documentFlags: readonly OwnFlag[] = [
  { flag: 'scope', takes: 'NAME', help: 'Whose objects these are; left out: what the files say, or default.' },
  { flag: 'prune', help: 'Delete what the scope owns and the files do not name.' },
  { flag: 'allow-mass-delete', takes: 'N', help: 'So many may be deleted at once; left out: 10, or a tenth.' },
  { flag: 'overwrite-drift', help: 'Change back what others changed since the last apply.' },
  { flag: 'take-over', help: 'Take over what another scope or an unloaded file owns.' },
]

/** The body of a plan or an apply. Holds secrets. */
export interface DocumentRequest {
  readonly scope: string
  readonly [name: string]: unknown
}

/** Reads the files named; null: they have faults, which are printed. */
export function readRequest(context: Context): { request: DocumentRequest; files: DocumentFiles } | null {
  const { settings, env, io, parts } = context
  if (settings.operands.length === 0) throw new UsageError(['name files or folders, such as allswell.yaml'])
  const flags = flagsOf(settings)
  const read = loadDocument(parts.manifest, settings.operands, env)
  printFaults(io.stderr, read.warnings, 'warning: ')
  if (!read.ok) {
    printFaults(io.stderr, read.faults)
    io.stderr.write(`${read.faults.length === 1 ? '1 fault' : `${read.faults.length} faults`}; nothing was sent.\n`)
    return null
  }
  const { scope, sections, moved } = read.document
  if (flags.scope !== undefined && scope !== null && flags.scope !== scope)
    throw new UsageError([`--scope says ${flags.scope}, but the files say ${scope}`])
  const { scope: asked, ...terms } = flags
  return { request: { scope: asked ?? scope ?? 'default', ...sections, moved, ...terms }, files: read.document }
}

function flagsOf({ flags }: Settings) {
  const text = (name: string) => (typeof flags[name] === 'string' ? flags[name] : undefined)
  const most = text('allow-mass-delete')
  if (most !== undefined && !/^\d{1,9}$/.test(most))
    throw new UsageError([`--allow-mass-delete: ${JSON.stringify(most)} is not a number`])
  return {
    scope: text('scope'),
    prune: flags['prune'] === true,
    overwriteDrift: flags['overwrite-drift'] === true,
    takeOver: flags['take-over'] === true,
    ...(most === undefined ? {} : { allowMassDelete: Number(most) }),
  }
}

const drawnMost = 100

export function printFaults(output: Output, faults: readonly SourceFault[], prefix = ''): void {
  for (const fault of faults.slice(0, drawnMost)) output.write(`${prefix}${drawFault(fault.file, fault)}\n\n`)
  if (faults.length > drawnMost) output.write(`and ${faults.length - drawnMost} more\n\n`)
}

/** Prints what the server refused, at the places in the files; throws what is no refusal of the document. */
export function printRefusal(output: Output, error: unknown, files: DocumentFiles | null): void {
  if (!(error instanceof RemoteError) || error.errors.length === 0) throw error
  for (const { path, message } of error.errors.slice(0, drawnMost)) {
    const fault = files?.locate(path, message) ?? null
    output.write(fault === null ? `${path}: ${message}\n\n` : `${drawFault(fault.file, fault)}\n\n`)
  }
  output.write(`${error.message}\n`)
}
