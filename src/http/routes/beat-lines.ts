// Ready-made lines by which a job reports to a monitor, also to one that its first beat is to make.
// Promises that no secret id is given away, and that an address is named under which this server is reached.
// Must not know any kind.
import { z } from 'zod'
import { beatLines } from '#core/beat-lines.ts'
import { isKeyText, keyRule } from '#core/key.ts'
import type { StoredObject } from '#store/store.ts'
import { baseOf } from '../links.ts'
import type { ApiParts } from '../parts.ts'
import { Problem } from '../problem.ts'
import { type Route, route } from '../route.ts'

const line = z.object({
  name: z.string().meta({ examples: ['curl', 'cron', 'systemd'] }),
  title: z.string(),
  language: z.string(),
  says: z.string().describe('What to know before it is used.'),
  text: z.string(),
})

/** Where a monitor has a secret id, this stands for it. */
const standIn = 'ID'

export function beatLinesRoute(parts: ApiParts): Route {
  return route({
    at: 'GET /api/v2/beat-lines',
    scope: 'read',
    summary: 'Ready-made lines by which a job sends its heartbeats: shell, cron, systemd, Kubernetes and others',
    query: z.strictObject({ key: z.string().max(200).describe('That of a heartbeat; there need be none yet.') }),
    answer: z.object({
      exists: z.boolean().describe('False: the first beat will make the monitor, where that is allowed.'),
      notes: z.array(z.string()).describe('What is to be minded, a sentence each.'),
      items: z.array(line),
    }),
    handle: async ({ query: { key }, visitor }) => {
      if (!isKeyText(key)) throw new Problem('bad-request', `This is not a key. ${keyRule}.`)
      const stored = await parts.store.objects.get('monitor', key)
      const { isGuarded, ...times } = stored === null ? { isGuarded: false } : told(parts, stored)
      const base = baseOf(parts, visitor)
      const { port, mail } = parts.doors()
      const host = hostOf(base)
      const items = beatLines({
        key: isGuarded ? standIn : key,
        base,
        port: isGuarded ? null : port,
        mail: mail === null ? null : host,
        ...times,
      })
      return { exists: stored !== null, notes: notesOn(isGuarded, port !== null), items: [...items] }
    },
  })
}

const hostOf = (base: string) => new URL(base).hostname.replaceAll(/[[\]]/g, '')

/** What the lines need to know of a monitor; throws a Problem where it takes no beats. */
function told({ readers }: ApiParts, { key, spec, kind }: StoredObject) {
  const read = readers.readMonitor(key, spec)
  if (read.ok && read.value.policy.beat === null)
    throw new Problem('impossible', `The monitor "${key}" is of the kind ${kind}, which takes no heartbeats.`)
  const written = (spec as Readonly<Record<string, Readonly<Record<string, unknown>>>>)[kind] ?? {}
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
  return {
    isGuarded: read.ok && read.value.alias !== null,
    cron: text(written.cron),
    calendar: text(written.calendar),
  }
}

function notesOn(isGuarded: boolean, byLine: boolean): string[] {
  if (!isGuarded) {
    const lines = byLine ? ' UDP and TCP are taken from those networks alone.' : ''
    const token = 'add -H "Authorization: Bearer TOKEN", with a token that has the scope report'
    return [`From outside the networks of networks.beats, ${token}.${lines}`]
  }
  return [
    `Put the secret id of the monitor in the place of ${standIn}. Whoever knows it may beat, from any network; the ` +
      'key alone does not suffice.',
  ]
}
