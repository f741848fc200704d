// What lovebeat's clients change: services that go or are muted, views with their alerts.
// Promises the same commands that the API gives, under the name and within the limit of whoever asks. Muting is
// pausing: a muted service is not watched, and its views go by the others.
import type { Named } from '#core/key.ts'
import { isWithin } from '#core/rights.ts'
import { deleteObject, replaceObject } from '#commands/objects.ts'
import { pauseMonitor } from '#commands/monitors.ts'
import { describe } from '#commands/object-types.ts'
import type { CommandParts } from '#commands/ports.ts'
import { Refused } from '#commands/refused.ts'
import { showPath } from '#manifest/show.ts'
import { limited } from '#store/limited.ts'
import type { ObjectType } from '#store/store.ts'
import type { Known, Watch, Watched } from '../ports.ts'
import type { Roster } from '../roster.ts'
import { type Answer, done, refused } from './answer.ts'
import { alertsOf, isMadeFor, type ViewAlert, viewAlerts } from './view-alerts.ts'

export interface ChangesParts {
  readonly commands: CommandParts
  readonly watch: Watch
  readonly roster: Roster
}

export class Changes {
  readonly #parts: ChangesParts

  constructor(parts: ChangesParts) {
    this.#parts = parts
  }

  /** Muting makes the service that is not there yet, as it did with them. */
  mute(who: Known, { key, name }: Named, muted: boolean): Promise<Answer> {
    const found = this.#seen(who, key)
    if (found?.members != null) return Promise.resolve(notAService(key))
    return this.#doing(who, async (commands) => {
      if (found === null && who.limit === null) {
        const made = await this.#parts.roster.enroll(key, { name })
        if (typeof made === 'string') return refused(403, `No service is called "${name}", and none can be made now.`)
      }
      await pauseMonitor(commands, key, muted)
      return done
    })
  }

  /** Done, too, where there is none. */
  removeService(who: Known, key: string): Promise<Answer> {
    if (this.#seen(who, key)?.members != null) return Promise.resolve(notAService(key))
    return this.#doing(who, (commands) => remove(commands, 'monitor', key))
  }

  removeView(who: Known, key: string): Promise<Answer> {
    const found = this.#seen(who, key)
    if (found !== null && found.members === null) return Promise.resolve(notAView(key))
    return this.#doing(who, async (commands) => {
      const answer = await remove(commands, 'monitor', key)
      for (const alert of alertsOf(key))
        if (await isOwn(commands, key, alert)) await remove(commands, alert.type, alert.key)
      return answer
    })
  }

  /** Only one without services goes: another one would be back at once. */
  removeAlarm(who: Known, key: string): Promise<Answer> {
    const found = this.#seen(who, key)
    const isEmpty = found !== null && found.members !== null && this.#parts.watch.membersOf(key).length === 0
    return this.#doing(who, (commands) => (isEmpty ? remove(commands, 'monitor', key) : Promise.resolve(done)))
  }

  /** Makes a view, or another one of it; form fields or parameters `regexp`, `alert_mail`, `webhooks`. */
  putView(who: Known, { key, name }: Named, query: URLSearchParams, body: string): Promise<Answer> {
    const form = new URLSearchParams(Buffer.from(body, 'latin1').toString('utf8'))
    const field = (name: string) => (form.get(name) ?? query.get(name) ?? '').trim()
    const match = field('regexp')
    if (match === '') return Promise.resolve(refused(400, 'A view needs a field regexp. Nothing was done.'))
    const found = this.#seen(who, key)
    if (found !== null && found.members === null) return Promise.resolve(notAView(key))
    return this.#doing(who, async (commands) => {
      const view = { ...(name === key ? {} : { name }), view: { match } }
      const wanted = viewAlerts(key, { mail: field('alert_mail'), webhook: field('webhooks') })
      // All of it, or nothing.
      for (const { type, key: own, spec } of [{ type: 'monitor', key, spec: view } as const, ...wanted]) {
        if (spec !== null) describe(commands.readers, type, own, spec)
      }
      for (const alert of wanted) {
        if (!(await isOwn(commands, key, alert)) && alert.spec !== null)
          return refused(409, `There is a ${alert.type} "${alert.key}" that is not this view’s; choose another name.`)
      }
      await replaceObject(commands, { type: 'monitor', key }, view, {})
      for (const { type, key: alert, spec } of wanted) {
        if (spec !== null) await replaceObject(commands, { type, key: alert }, spec, {})
      }
      // Last what is told of first: a channel that a rule tells is not deleted.
      for (const alert of wanted.toReversed()) {
        if (alert.spec === null && (await isOwn(commands, key, alert))) await remove(commands, alert.type, alert.key)
      }
      return done
    })
  }

  /** What has this key, if the asker may see it. */
  #seen({ limit }: Known, key: string): Watched | null {
    const found = this.#parts.watch.byKey(key)
    return found !== null && isWithin(limit, found.labels) ? found : null
  }

  /** Whatever the command refuses is said in its words. */
  async #doing(who: Known, work: (commands: CommandParts) => Promise<Answer>): Promise<Answer> {
    const { commands } = this.#parts
    const store = limited(commands.store, who.limit)
    try {
      return await store.as(who.actor, () => work({ ...commands, store }))
    } catch (error) {
      if (error instanceof Refused) return refused(statusOf(error), sentenceOf(error))
      throw error
    }
  }
}

const notAService = (key: string): Answer => refused(409, `"${key}" is a view; it is found at /api/views/${key}.`)
const notAView = (key: string): Answer => refused(409, `"${key}" is a service; choose another name for the view.`)

/** Whether what has this key, if anything, was made for this view: somebody else's is left alone. */
async function isOwn({ store }: CommandParts, view: string, { type, key }: ViewAlert): Promise<boolean> {
  const stored = await store.objects.get(type, key)
  return stored === null || isMadeFor(view, stored.spec)
}

async function remove(commands: CommandParts, type: ObjectType, key: string): Promise<Answer> {
  try {
    await deleteObject(commands, { type, key }, {})
  } catch (error) {
    if (!(error instanceof Refused) || error.trouble.kind !== 'missing') throw error
  }
  return done
}

const statusOf = ({ trouble }: Refused): number =>
  trouble.kind === 'missing' ? 404 : trouble.kind === 'invalid' ? 400 : 409

function sentenceOf({ message, trouble }: Refused): string {
  if (trouble.kind !== 'invalid') return message
  return trouble.faults.map((fault) => `${showPath(fault.path)}: ${fault.message}`).join('; ')
}
