// The scene: the service, a webhook receiver and Allswell itself as a process of its own, all on
// 127.0.0.1 with free ports and in a folder of their own, and what one can ask of them.
// Promises that whoever owns it can put everything away, whenever that is. Must not know the story.
import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '#platform/clock.ts'
import { freshDatabase } from '#test/postgres.ts'
import { type Home, openHome, type Owner, type Program } from '#test/program/program.ts'
import { eventually } from '#test/program/wait.ts'
import type { SinkMail } from '#test/smtp-sink.ts'
import { type SinkRequest, startWebhookSink, type WebhookSink } from '#test/webhook-sink.ts'
import { openService, type Service } from './service.ts'
import { Worker } from './worker.ts'

const configuration = join(import.meta.dirname, 'allswell.yaml')

/** The monitors by how they are known: looked at, heard of, following from others. One more, the gateway, is pinged. */
export const looked = ['shop', 'checkout', 'certificate', 'queue', 'database', 'name', 'ticker', 'mail'] as const
export const reporting = ['worker'] as const
export const derived = ['front'] as const

export type Database = 'sqlite' | 'postgres'

/** Answers of the API, as far as the story reads them. */
export interface Monitor {
  readonly key: string
  readonly name: string
  readonly status: string
  readonly since: string
  readonly reason: string | null
  readonly sentence: string | null
  readonly lastAt: string | null
}
export interface Event {
  readonly id: number
  readonly type: string
  readonly monitor: string
  readonly at: string
  readonly sentence: string | null
  readonly confirmations: number
}
export interface Explained extends Event {
  readonly explanation: readonly {
    readonly rule: string
    readonly channel: string
    readonly told: boolean
    readonly why: string
  }[]
}
export interface Delivery {
  readonly event: number
  readonly channel: string
  readonly state: string
  readonly attempts: number
  readonly idempotencyKey: string
}
export interface Incident {
  readonly component: { readonly name: string }
  readonly phase: string
}

export class Scene {
  readonly database: Database
  readonly service: Service
  readonly hook: WebhookSink
  readonly worker: Worker
  readonly #home: Home
  readonly #args: readonly string[]
  readonly #over: AbortSignal
  #program: Program | null = null

  /** Opens everything but Allswell. */
  static async open(owner: Owner, database: Database): Promise<Scene> {
    const over = new AbortController()
    owner.after(() => over.abort())
    const home = openHome(owner)
    home.write(readFileSync(configuration, 'utf8'))
    const args: string[] = []
    if (database === 'postgres') {
      const { url, drop } = await freshDatabase()
      owner.after(drop)
      args.push('--database', url)
    }
    const service = await openService(owner, home.folder)
    const hook = await startWebhookSink()
    owner.after(() => hook.stop())
    const scene = new Scene(home, args, database, service, hook, over.signal)
    owner.after(() => scene.worker.stop())
    return scene
  }

  private constructor(
    home: Home,
    args: readonly string[],
    database: Database,
    service: Service,
    hook: WebhookSink,
    over: AbortSignal,
  ) {
    this.#over = over
    this.#home = home
    this.#args = args
    this.database = database
    this.service = service
    this.hook = hook
    this.worker = new Worker(() => this.allswell.url)
  }

  /** The running process; the last one after it was killed. */
  get allswell(): Program {
    if (this.#program === null) throw new Error('Allswell has not been started yet')
    return this.#program
  }

  get folder(): string {
    return this.#home.folder
  }

  /** Starts Allswell, again on the same data; gives the ms until it was ready. */
  async start(): Promise<number> {
    this.#over.throwIfAborted()
    const began = systemClock.monotonic()
    const env = { ...this.service.env, HOOK_PORT: String(this.hook.port) }
    this.#program = await this.#home.start({ args: this.#args, env })
    return systemClock.monotonic() - began
  }

  /** The first sentence of the status page; null when nobody answers. */
  async page(): Promise<string | null> {
    try {
      const { text } = await this.allswell.ask('/')
      return /<h1>(.*?)<\/h1>/.exec(text)?.[1] ?? 'a page without a first sentence'
    } catch {
      return null
    }
  }

  /** Lets Allswell read its configuration anew. */
  reload(): void {
    this.allswell.signal('SIGHUP')
  }

  async monitor(key: string): Promise<Monitor> {
    return await this.#read<Monitor>(`/monitors/${key}`)
  }

  /** All events so far, oldest first. */
  async events(): Promise<Event[]> {
    const { items } = await this.#read<{ items: Event[] }>('/events?limit=500')
    return items.toReversed()
  }

  async explained(event: Event): Promise<Explained> {
    return await this.#read<Explained>(`/events/${event.id}`)
  }

  async deliveries(): Promise<Delivery[]> {
    const { items } = await this.#read<{ items: Delivery[] }>('/deliveries?limit=500')
    return items.toReversed()
  }

  /** When each stored heartbeat of the worker was taken, epoch ms, oldest first. */
  async beats(): Promise<number[]> {
    const path = '/monitors/worker/observations?limit=10000&order=oldest'
    const { items } = await this.#read<{ items: { at: string; signal: string }[] }>(path)
    return items.filter(({ signal }) => signal === 'beat').map(({ at }) => Date.parse(at))
  }

  async incidents(): Promise<Incident[]> {
    const { items } = await this.#read<{ items: Incident[] }>('/pages/main/incidents')
    return items
  }

  /** Waits for an event of a monitor that came after the event `after`. */
  async happens(type: string, monitor: string, after: number): Promise<Event> {
    return await eventually(`${monitor} has the event ${type}`, async () =>
      (await this.events()).find((event) => event.id > after && event.type === type && event.monitor === monitor),
    )
  }

  /** Sends one line by UDP to the port for heartbeats. */
  async datagram(line: string): Promise<void> {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve, reject) => {
      socket.send(line, this.allswell.beats, '127.0.0.1', (error) => (error ? reject(error) : resolve()))
    })
    socket.close()
  }

  async #read<Answer>(path: string): Promise<Answer> {
    const answer = await this.allswell.api('GET', path)
    if (answer.status !== 200) throw new Error(`GET ${path} was answered ${answer.status}: ${answer.text}`)
    return answer.json() as Answer
  }
}

/** What a webhook says, as far as the story reads it. */
export interface Told {
  readonly event: string
  readonly monitor: { readonly key: string; readonly name: string }
  readonly title: string
}
export const toldBy = (request: SinkRequest): Told => request.json as Told
export const keyOf = (request: SinkRequest): string => request.headers['idempotency-key'] ?? ''
export const keyOfMail = (mail: SinkMail): string => mail.headers['x-allswell-idempotency-key']?.[0] ?? ''
