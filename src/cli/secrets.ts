// `allswell secrets`: puts a new key in the place of the one that seals the secrets in the database.
// Promises that nothing is lost when it is broken off. Must not know how anything is sealed.
import { meant } from '#platform/arguments.ts'
import { UsageError } from '#platform/settings.ts'
import type { Command } from './command.ts'

/** What became of a rotation. */
export interface Secrets {
  /** Ids of keys: before and now. */
  readonly from: string | null
  readonly to: string
  /** Where the keys come from. */
  readonly source: string
  /** The old key still stands there, for whoever keeps the keys to take away. */
  readonly kept: boolean
}

const verbs = ['rotate']

export const secrets: Command = {
  name: 'secrets',
  summary: 'Seal the secrets in the database with a new key.',
  forms: ['rotate'],
  flags: [],
  settings: ['data', 'database', 'secretKey', 'secretKeyFile'],
  async run({ settings, parts, io }) {
    const [verb, ...rest] = settings.operands
    if (verb === undefined) throw new UsageError(['say what to do: allswell secrets rotate'])
    if (verb !== 'rotate') throw new UsageError([`secrets cannot ${verb}${meant(verb, verbs)}; it can rotate`])
    if (rest.length > 0) throw new UsageError([`unexpected argument ${rest[0]}`])
    const { from, to, source, kept } = await parts.rotateSecrets(settings)
    io.stdout.write(`The secrets are sealed with the key ${to} of ${source} now; before it was ${from ?? 'none'}.\n`)
    if (kept) io.stdout.write(`Restart every server of this database, then take the old key out of ${source}.\n`)
    return 0
  },
}
