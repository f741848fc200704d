// Links in messages: a GET shows what is wrong and a button, a POST acknowledges or snoozes. Nobody signs in.
// Promises that a GET changes nothing (mail scanners open links), that a link does one thing to one outage, that doing
// it twice is doing it once, and that every link that is not good is answered alike.
import { plain } from '#core/message.ts'
import { sayTime } from '#core/moment.ts'
import { fresh, type MonitorState } from '#core/state.ts'
import { acknowledge, snooze } from '#commands/deeds.ts'
import type { CommandParts } from '#commands/ports.ts'
import { Refused } from '#commands/refused.ts'
import type { DeedClaim, DeedLinks } from '#platform/deed-links.ts'
import type { StoredObject } from '#store/store.ts'
import { clientOf } from '../client-address.ts'
import type { App, Asking } from '../mount.ts'
import type { SystemNetworks } from '../system.ts'
import { drawPage, headers, type Shown } from './page.ts'

export interface RespondParts extends CommandParts {
  readonly links: Pick<DeedLinks, 'read'>
  readonly networks: () => Pick<SystemNetworks, 'trustedProxies'>
}

const path = '/respond/:token'
const snoozeMs = 3_600_000

export function mountRespond(app: App, parts: RespondParts): void {
  app.get(path, async (asking) => {
    const about = await find(parts, asking)
    return about === null ? answer(404, noGood) : answer(200, show(about, parts.clock.now()))
  })
  app.post(path, async (asking) => {
    const about = await find(parts, asking)
    if (about === null) return answer(404, noGood)
    if (offered(about, parts.clock.now()) !== null) await carryOut(parts, asking, about)
    // Loading what follows again does nothing again.
    return new Response(null, { status: 303, headers: { ...headers, location: asking.req.path } })
  })
}

interface About {
  readonly claim: DeedClaim
  readonly monitor: StoredObject
  readonly state: MonitorState
}

/** What a link is about; null where it is forged, has expired, or its monitor or channel is gone: all alike. */
async function find({ links, store, clock }: RespondParts, { req }: Asking): Promise<About | null> {
  const claim = links.read(req.param('token') ?? '')
  if (claim === null || claim.expiresAt <= clock.now()) return null
  const [monitor] = await store.objects.byIds([claim.monitor])
  if (!monitor || monitor.deletedAt !== null || (await store.objects.get('channel', claim.channel)) === null)
    return null
  const state = (await store.states.get([monitor.id])).get(monitor.id) ?? fresh(monitor.createdAt)
  return { claim, monitor, state }
}

const runs = ({ claim, state: { outage } }: About): boolean =>
  outage !== null && outage.seq === claim.outage && Math.round(outage.at) === claim.outageAt

/** What the button would do; null: there is nothing to do any more. */
function offered(about: About, now: number): string | null {
  const { claim, state } = about
  if (!runs(about) || state.paused) return null
  if (claim.deed === 'snooze') return (state.snooze?.until ?? 0) > now ? null : 'Snooze for 1 hour'
  return state.outage?.acknowledged ? null : 'Acknowledge'
}

async function carryOut(parts: RespondParts, asking: Asking, { claim, monitor }: About): Promise<void> {
  const { deed, outage, channel } = claim
  const by = `link sent to ${channel}`
  const { address } = clientOf(asking.env.incoming, parts.networks().trustedProxies)
  const actor = { kind: 'link', id: null, name: by, address } as const
  try {
    await parts.store.as(actor, async () => {
      const { key } = monitor
      if (deed === 'acknowledge') await acknowledge(parts, key, { by, note: null, outage })
      else await snooze(parts, key, { by, outage, until: parts.clock.now() + snoozeMs })
    })
  } catch (error) {
    // It was over, or done, a moment before: the page that follows says so.
    if (!(error instanceof Refused)) throw error
  }
}

function show(about: About, now: number): Shown {
  const { monitor, state } = about
  const name = plain(monitor.name, 120)
  const { acknowledged } = state.outage ?? {}
  const lines: string[] = []
  if (state.sentence !== null) lines.push(plain(state.sentence, 500))
  lines.push(`It is ${state.paused ? 'paused' : state.status} since ${sayTime(state.since)}.`)
  if (!runs(about)) lines.push('The trouble that this link was sent for is over: there is nothing to do.')
  else {
    if (acknowledged) lines.push(`Acknowledged by ${plain(acknowledged.by, 200)} at ${sayTime(acknowledged.at)}.`)
    if (state.snooze && state.snooze.until > now)
      lines.push(`Snoozed by ${plain(state.snooze.by, 200)} until ${sayTime(state.snooze.until)}.`)
  }
  const word = state.paused ? 'PAUSED' : state.status.toUpperCase()
  return { title: `${word}: ${name}`, lines, button: offered(about, now) }
}

const noGood: Shown = {
  title: 'This link does not work',
  lines: [
    'It is not complete, or its time is over, or what it was for is gone.',
    'Open the newest message about the trouble, or sign in to the dashboard.',
  ],
  button: null,
}

const answer = (status: number, shown: Shown) => new Response(drawPage(shown), { status, headers })
