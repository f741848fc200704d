// Deliverer: sends what was committed to be sent. Claims rows, sends, records each attempt, tries again as told.
// Promises at least once, in order per monitor and channel, and that a hanging channel delays nobody else.
import type { EventType } from '#core/event.ts'
import type { ChannelKind, ChannelSettings, Message, SendContext, Sent } from '#channels/channel.ts'
import { type Clock, sleep, type Timer } from '#platform/clock.ts'
import type { DeedLinks, DeedName } from '#platform/deed-links.ts'
import type { Log } from '#platform/log.ts'
import type { Counter, Metrics } from '#platform/metrics.ts'
import type { Outbound } from '#platform/outbound.ts'
import { Trouble } from '#platform/trouble.ts'
import type { ChannelModel, RetryPolicy } from '#manifest/model.ts'
import type { Delivery, Store, StoredEvent, StoredObject, Tried } from '#store/store.ts'
import type { Catalog } from './catalog.ts'

export interface DelivererParts {
  readonly store: Store
  readonly catalog: Catalog
  readonly channelKinds: ReadonlyMap<string, ChannelKind>
  readonly send: (kind: ChannelKind, config: unknown, message: Message, context: SendContext) => Promise<Sent>
  readonly settings: () => ChannelSettings
  readonly outbound: Outbound
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly instance: string
  /** Null: messages have no links by which trouble is taken on. */
  readonly links: DeedLinks | null
}

const claimMost = 64
/** Messages under way at once on a channel whose kind says nothing of it. */
const atOnce = 4
/** How often it looks when nothing is known to wait: other nodes may have written what is to be sent. */
const sharedMs = 1_000
const aloneMs = 30_000
/** A claim holds for so long unless it is renewed; then whoever sent it is dead, and another sends it again. */
const leaseMs = 10_000
const renewMs = 3_000
const recordTries = 20
const countEveryMs = 1_000
/** What waits on one channel is not woken more often. */
const wakeEveryMs = 30_000

/** What one delivery tells of; null: it is gone. */
interface Story {
  readonly event: StoredEvent | null
  readonly monitor: StoredObject | null
}

/** What was tried and waits to be recorded. */
interface Recording extends Tried {
  readonly done: PromiseWithResolvers<void>
}

export class Deliverer {
  readonly #parts: DelivererParts
  /** No more is claimed; then what is under way is cut off. */
  readonly #stop = new AbortController()
  readonly #cut = new AbortController()
  readonly #busy = new Map<string, number>()
  /** What is being sent, by delivery. */
  readonly #flights = new Map<number, Promise<void>>()
  readonly #sent: Counter
  /** Channels on which an attempt failed, and none has succeeded since; when one was woken last, monotonic ms. */
  readonly #failing = new Set<string>()
  readonly #wokenAt = new Map<string, number>()
  readonly #trouble: Trouble
  #timer: Timer | null = null
  /** Deliveries by state, as last counted. */
  counts: Readonly<Record<string, number>> = {}
  #countedAt = Number.NEGATIVE_INFINITY
  #renewedAt = Number.NEGATIVE_INFINITY
  /** At most as many as are under way. */
  #tried: Recording[] = []
  #recording = false
  #claiming = false
  #again = false

  constructor(parts: DelivererParts) {
    this.#parts = parts
    const { log, clock } = parts
    const what = 'deliveries cannot be looked at now'
    this.#trouble = new Trouble({ log, clock, what, over: 'the database is back: deliveries are looked at again' })
    this.#sent = parts.metrics.counter('allswell_delivery_attempts_total', 'Attempts to deliver a message, by result.')
    parts.metrics.gauge('allswell_deliveries', 'Deliveries by state.', () =>
      Object.entries(this.counts).map(([state, count]) => [{ state }, count] as const),
    )
  }

  async start(): Promise<void> {
    const { store, clock, log } = this.#parts
    if (store.dialect === 'sqlite') {
      const freed = await store.deliveries.release(clock.now())
      if (freed > 0) log.info('messages cut off by the last stop are sent again', { count: freed })
    }
    this.nudge()
  }

  /** Something may be due: look now. */
  nudge(): void {
    if (this.#stop.signal.aborted) return
    if (this.#claiming) {
      this.#again = true
      return
    }
    this.#timer?.cancel()
    this.#timer = null
    this.#claiming = true
    void this.#claim()
  }

  /** Waits a moment for what is under way, then cuts it off; it will be sent again after the next start. */
  async close(withinMs: number): Promise<void> {
    this.#stop.abort()
    this.#timer?.cancel()
    await Promise.race([Promise.allSettled(this.#flights.values()), sleep(this.#parts.clock, withinMs)])
    this.#cut.abort()
  }

  async #claim(): Promise<void> {
    const { store, clock } = this.#parts
    let wait = store.dialect === 'sqlite' ? aloneMs : sharedMs
    try {
      const now = clock.now()
      const leaseUntil = now + leaseMs
      // First, so that a process that stood still does not claim from itself what it is sending.
      await this.#renew(leaseUntil)
      const due = await store.deliveries.nextDue()
      const claim = { now, leaseUntil, limit: claimMost, room: (channel: string) => this.#room(channel) }
      const claimed = due !== null && due <= now ? await store.deliveries.claim(claim) : []
      const stories = await this.#storiesOf(claimed)
      for (const delivery of claimed) this.#launch(delivery, stories.get(delivery.eventId) ?? nothing)
      wait = Math.min(wait, await this.#count())
      if (this.#flights.size > 0) wait = Math.min(wait, renewMs)
      const next = claimed.length === claimMost ? now : await store.deliveries.nextDue()
      if (next !== null) wait = Math.min(wait, Math.max(claimed.length > 0 ? 0 : 50, next - now))
      this.#trouble.over()
    } catch (error) {
      this.#trouble.note(error)
    }
    this.#claiming = false
    if (this.#stop.signal.aborted) return
    if (this.#again) {
      this.#again = false
      this.nudge()
    } else this.#timer = clock.after(wait, () => this.nudge())
  }

  /** How many more messages a channel takes now. */
  #room(name: string): number {
    const kind = this.#parts.catalog.channels.get(name)?.kind
    const most = (kind === undefined ? undefined : this.#parts.channelKinds.get(kind)?.atOnce) ?? atOnce
    return most - (this.#busy.get(name) ?? 0)
  }

  async #renew(leaseUntil: number): Promise<void> {
    const now = this.#parts.clock.monotonic()
    if (now - this.#renewedAt < renewMs / 2) return
    await this.#parts.store.deliveries.renew([...this.#flights.keys()], leaseUntil)
    this.#renewedAt = now
  }

  /** What deliveries tell of, by event. */
  async #storiesOf(deliveries: readonly Delivery[]): Promise<Map<number, Story>> {
    const { store } = this.#parts
    const events = await store.events.byIds([...new Set(deliveries.map(({ eventId }) => eventId))])
    const objects = await store.objects.byIds([...new Set(events.map(({ monitor }) => monitor))])
    const monitors = new Map(objects.map((object) => [object.id, object]))
    return new Map(events.map((event) => [event.id, { event, monitor: monitors.get(event.monitor) ?? null }]))
  }

  /** Counts, unless that was done just now; gives the ms after which it should be done. */
  async #count(): Promise<number> {
    const now = this.#parts.clock.monotonic()
    const since = now - this.#countedAt
    if (since < countEveryMs) return countEveryMs - since
    this.#countedAt = now
    this.counts = await this.#parts.store.deliveries.counts()
    return Number.POSITIVE_INFINITY
  }

  #launch(delivery: Delivery, story: Story): void {
    this.#busy.set(delivery.channel, (this.#busy.get(delivery.channel) ?? 0) + 1)
    const flight = this.#deliver(delivery, story)
      .catch((error: unknown) => this.#parts.log.error('a delivery could not be recorded', { id: delivery.id, error }))
      .finally(() => {
        const left = (this.#busy.get(delivery.channel) ?? 1) - 1
        if (left > 0) this.#busy.set(delivery.channel, left)
        else this.#busy.delete(delivery.channel)
        this.#flights.delete(delivery.id)
        this.nudge()
      })
    this.#flights.set(delivery.id, flight)
  }

  async #deliver(delivery: Delivery, story: Story): Promise<void> {
    const { clock, catalog } = this.#parts
    const { id, channel, attempts } = delivery
    const began = clock.monotonic()
    const at = clock.now()
    const sent = await this.#attempt(delivery, story)
    if (this.#cut.signal.aborted && !sent.ok) return
    const ms = Math.round(clock.monotonic() - began)
    this.#sent.add(1, { result: sent.ok ? 'ok' : 'failed' })
    if (sent.ok) this.#reached(channel)
    else this.#failing.add(channel)
    const retry = catalog.channels.get(channel)?.retry
    const outcome = sent.ok ? { state: 'delivered' as const } : after(delivery, sent, retry, clock.now())
    if (!sent.ok) {
      const fields = { id, channel, detail: sent.detail, next: outcome.state }
      if (outcome.state === 'dead') this.#parts.log.error('a message was given up', fields)
      else this.#parts.log.warn('a message was not delivered', fields)
    }
    await this.#record({ id, attempt: { attempt: attempts, at, ms, ok: sent.ok, detail: sent.detail }, outcome })
  }

  async #attempt(delivery: Delivery, { event, monitor }: Story): Promise<Sent> {
    const { catalog, instance } = this.#parts
    const channel = catalog.channels.get(delivery.channel)
    if (event === null) return { ok: false, retry: false, detail: 'Its event is gone.' }
    if (channel === undefined) return { ok: false, retry: true, detail: 'The channel no longer exists.' }
    const about = {
      key: monitor?.key ?? String(event.monitor),
      name: monitor?.name ?? monitor?.key ?? String(event.monitor),
      labels: monitor?.labels ?? {},
      target: catalog.monitors.get(event.monitor)?.target ?? '',
    }
    const links = linksOf(this.#parts, event, delivery)
    const message = { ...compose(event, about, delivery.rule, instance), links }
    return await this.#send(channel, message, delivery.idempotencyKey, delivery.attempts)
  }

  #send(channel: ChannelModel, message: Message, idempotencyKey: string, attempt: number): Promise<Sent> {
    const { channelKinds, clock, outbound, settings, send } = this.#parts
    const kind = channelKinds.get(channel.kind)
    if (!kind) return Promise.resolve({ ok: false, retry: true, detail: `This version knows no ${channel.kind}.` })
    const { timeout } = channel
    const { signal } = this.#cut
    const context = { clock, outbound, idempotencyKey, attempt, timeout, signal, settings: settings() }
    return send(kind, channel.config, message, context)
  }

  /** Sends a test message through a channel at once; nothing is stored. What waits on it is tried when it arrives. */
  async test(channel: ChannelModel, idempotencyKey: string): Promise<Sent> {
    const at = this.#parts.clock.now()
    const sent = await this.#send(channel, testMessage(at), idempotencyKey, 1)
    if (sent.ok) await this.#wake(channel.key)
    return sent
  }

  /**
   * A channel that failed works again: what waits for its next attempt need not wait. Not more often than once in a
   * while, so that a message that is refused for itself is not tried again with each of the others that arrives.
   */
  #reached(channel: string): void {
    const now = this.#parts.clock.monotonic()
    const woken = this.#wokenAt.get(channel)
    const wanted = woken === undefined || (this.#failing.has(channel) && now - woken >= wakeEveryMs)
    this.#failing.delete(channel)
    if (wanted) void this.#wake(channel)
  }

  async #wake(channel: string): Promise<void> {
    const { store, clock, log } = this.#parts
    this.#wokenAt.set(channel, clock.monotonic())
    try {
      const count = await store.deliveries.wake(channel, clock.now())
      if (count === 0) return
      log.info('a channel works again: what waits for it is tried now', { channel, count })
      this.nudge()
    } catch (error) {
      log.error('what waits for a channel could not be woken', { channel, error })
    }
  }

  /** Resolves when it is written, together with whatever else was tried meanwhile. */
  #record(tried: Tried): Promise<void> {
    const done = Promise.withResolvers<void>()
    this.#tried.push({ ...tried, done })
    if (!this.#recording) void this.#writeTried()
    return done.promise
  }

  async #writeTried(): Promise<void> {
    this.#recording = true
    while (this.#tried.length > 0) {
      const batch = this.#tried.splice(0)
      const written = this.#write(batch)
      await Promise.allSettled([written])
      for (const { done } of batch) done.resolve(written)
    }
    this.#recording = false
  }

  /** What was sent must be remembered as sent: tries again while the database is away. */
  async #write(batch: readonly Tried[]): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#parts.store.deliveries.finish(batch)
        return
      } catch (error) {
        if (tries >= recordTries || this.#stop.signal.aborted) throw error
        await sleep(this.#parts.clock, Math.min(100 * 2 ** tries, 2_000), this.#stop.signal)
      }
    }
  }
}

/** A link in a message is good for so long, if its outage is. */
const linkMs = 72 * 3_600_000

/** Of trouble that runs; only where it is known under which address people reach this server. */
function linksOf(parts: DelivererParts, event: StoredEvent, { channel, createdAt }: Delivery): Message['links'] {
  const { links, settings } = parts
  const { publicUrl } = settings()
  const { outage, outageAt, monitor, status } = event
  if (links === null || publicUrl === null || outage === null || outageAt === null || status === 'up') return null
  const claim = { monitor, outage, outageAt, channel, expiresAt: createdAt + linkMs }
  const link = (deed: DeedName) => `${publicUrl}/respond/${links.make({ ...claim, deed })}`
  return { acknowledge: link('acknowledge'), snooze: link('snooze') }
}

const nothing: Story = { event: null, monitor: null }

/** Waits three times as long after each failure, at least as long as the far side asked; gives up in time. */
export function after(
  delivery: Pick<Delivery, 'attempts' | 'createdAt'>,
  sent: Sent & { ok: false },
  retry: RetryPolicy | undefined,
  now: number,
): { state: 'dead' } | { state: 'pending'; nextAt: number } {
  const { first, most, giveUpAfter } = retry ?? { first: 5_000, most: 3_600_000, giveUpAfter: 86_400_000 }
  if (!sent.retry || now - delivery.createdAt >= giveUpAfter) return { state: 'dead' }
  const wait = Math.min(most, first * 3 ** Math.min(delivery.attempts - 1, 20))
  return { state: 'pending', nextAt: now + Math.max(wait, Math.min(sent.retryAfter ?? 0, most)) }
}

type Composed = Omit<Message, 'links'>

function compose(event: StoredEvent, monitor: Message['monitor'], rule: string, instance: string): Composed {
  const { status, previous, reason, sentence, at, lasted, confirmations, locations } = event
  const outage =
    event.outage === null || event.outageAt === null
      ? null
      : { id: `${instance}-${event.monitor}-${event.outage}`, at: event.outageAt }
  const again = reminders[event.type] ?? null
  // Whoever receives it knows what is wrong, not by which way it came to be told.
  const type = again === null ? event.type : (`monitor.${status}` as EventType)
  const what = { event: type, monitor, status, previous, reason, sentence, at, lasted }
  const numbered = event.outages === undefined ? {} : { outages: event.outages }
  return { ...what, ...numbered, outage, rule, confirmations, locations, again }
}

/** Events that tell of what is not new. */
const reminders: Readonly<Partial<Record<EventType, string>>> = {
  'monitor.hold_ended': 'The time for which nobody was told is over, and it still lasts.',
  'monitor.unsnoozed': 'It was snoozed, and still lasts.',
  'monitor.unacknowledged': 'Nobody has taken it on any more, and it still lasts.',
}

function testMessage(at: number): Message {
  return {
    event: 'test',
    monitor: { key: 'test', name: 'Test message', labels: {}, target: '' },
    status: 'up',
    previous: 'up',
    reason: null,
    sentence: 'This is a test; nothing is wrong.',
    at,
    lasted: 0,
    outage: null,
    rule: 'test',
    confirmations: 1,
    locations: ['local'],
    again: null,
    links: null,
  }
}
