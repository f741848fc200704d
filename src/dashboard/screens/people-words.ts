// Words for people, their roles and limits. Pure.
import { Problem } from '../api/client.ts'
import type { LabelLimit, Role } from '../api/types.ts'
import { list } from '../words.ts'

export const roleWords: Readonly<Record<Role, string>> = {
  owner: 'everything, other owners too',
  admin: 'everything but owners',
  editor: 'changes monitors, channels, rules and pages',
  responder: 'acknowledges, silences, checks now, sends again',
  viewer: 'looks, and changes nothing',
}

export const roleOptions = (Object.keys(roleWords) as Role[]).map(
  (role) => [role, `${role.charAt(0).toUpperCase()}${role.slice(1)}: ${roleWords[role]}`] as const,
)

export function limitWords(limit: LabelLimit): string {
  if (limit === null) return 'everything'
  return `monitors with ${list(Object.entries(limit).map(([name, values]) => `${name} ${values.join(' or ')}`))}`
}

const badLabel = (message: string) => new Problem(0, 'invalid', message, [{ path: 'labels', message }])

/** `team=shop, region=eu|us` as a limit; null: none. Throws what is wrong as a sentence. */
export function readLimit(text: string): Record<string, string[]> | null {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
  if (parts.length === 0) return null
  return Object.fromEntries(
    parts.map((part) => {
      const [name = '', values = ''] = part.split(/[=:](.*)/s)
      const all = values
        .split('|')
        .map((one) => one.trim())
        .filter(Boolean)
      if (name.trim() === '' || all.length === 0)
        throw badLabel(`“${part}” is no label; write it as team=shop, or team=shop|pay for either.`)
      return [name.trim(), all]
    }),
  )
}

export const writeLimit = (limit: LabelLimit): string =>
  Object.entries(limit ?? {})
    .map(([name, values]) => `${name}=${values.join('|')}`)
    .join(', ')

/** A browser in a few words, out of what it calls itself. */
export function agentWords(agent: string | null): string {
  if (agent === null) return 'An unknown program'
  const browser = /Edg\//.test(agent)
    ? 'Edge'
    : /Firefox\//.test(agent)
      ? 'Firefox'
      : /Chrom(?:e|ium)\//.test(agent)
        ? 'Chrome'
        : /Safari\//.test(agent)
          ? 'Safari'
          : null
  const system = /Android|iPhone|iPad|Windows|Mac OS X|Linux/.exec(agent)?.[0]?.replace(' OS X', '')
  return browser === null ? agent.slice(0, 60) : `${browser}${system === undefined ? '' : ` on ${system}`}`
}
