// Serves public pages from memory: read and rendered at most once per change, shared by all who ask meanwhile.
// Promises that whoever asks after a change sees it, and that while the database is away the last page is shown
// with its age, never as well. Must not know the store: `load` reads.
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import { Unavailable } from '#store/store.ts'
import { type Answer, Document, type Freshness, type Wanted } from './document.ts'
import { fileOf } from './files.ts'
import { aged, componentsOf, type PageView } from './model.ts'
import { renderAway, renderEmpty, renderMissing } from './notices.ts'
import { renderDays } from './render-days.ts'
import { renderIncident } from './render-incident.ts'
import { renderPage } from './render.ts'

export interface PagesDeps {
  readonly clock: Clock
  readonly log: Log
  /** Reads a page as it stands now, `null` the first one; gives null where there is none. See `pageLoader`. */
  load(slug: string | null): Promise<PageView | null>
  /** Under which address people reach this server, without a slash at the end; null or left out: nobody has said. */
  publicUrl?(): string | null
}

export interface Request extends Wanted {
  /** The key of a component: its table of days instead of the page. */
  readonly component?: string | undefined
  /** The number of an incident: told by itself. */
  readonly incident?: number | undefined
  /** The name of a file for programs, such as `history.atom`. */
  readonly file?: string | undefined
}

export interface Pages {
  /** The page at `/p/{slug}`, or with `null` the first one. Never rejects. */
  answer(slug: string | null, request: Request): Promise<Answer>
  /**
   * How the components of a page are, hidden ones too, as new as the last commit; null: there is no such page. Rejects
   * when nothing can be read.
   */
  faces(slug: string): Promise<PageView['faces'] | null>
  /** For an address at which there is nothing at all. */
  missing(request: Wanted): Promise<Answer>
  /** After each commit that the public may see: what is rendered is old now. */
  invalidate(): void
}

/** So old may a page become without any change, ms: its clock and its silences go on. */
const renewAfter = 15_000
/** After a failure it is tried again so late, ms, unless something changes. */
const retryAfter = 5_000
/** Reading may take so long, ms. */
const readWithin = 3_000

/** A page as it was rendered, and the tables of its components as far as somebody asked for them. */
interface Rendered {
  /** The change that it is as new as. */
  readonly change: number
  /** Monotonic ms. */
  readonly until: number
  readonly view: PageView | null
  readonly freshness: Freshness
  readonly page: Document
  readonly tables: Map<string, Document>
}

interface Entry {
  rendered: Rendered | null
  /** The last view that was really read. */
  view: PageView | null
  running: { readonly change: number; readonly done: Promise<Rendered | null> } | null
  next: Promise<Rendered | null> | null
}

export function openPages(deps: PagesDeps): Pages {
  return new CachedPages(deps)
}

class CachedPages implements Pages {
  readonly #deps: PagesDeps
  readonly #entries = new Map<string | null, Entry>()
  readonly #empty = new Document(renderEmpty(null))
  readonly #missing = new Document(renderMissing(), 404)
  readonly #away = new Document(renderAway(), 503, 'away')
  #change = 0

  constructor(deps: PagesDeps) {
    this.#deps = deps
  }

  invalidate(): void {
    this.#change += 1
  }

  missing(request: Wanted): Promise<Answer> {
    return this.#missing.answer(request)
  }

  async faces(slug: string): Promise<PageView['faces'] | null> {
    const rendered = await this.#now(slug)
    if (rendered === null) return null
    if (rendered.view === null) throw new Unavailable('the page cannot be read now')
    return rendered.view.faces
  }

  async answer(slug: string | null, request: Request): Promise<Answer> {
    const rendered = await this.#now(slug)
    if (rendered === null)
      return (slug === null && request.file === undefined ? this.#empty : this.#missing).answer(request)
    return this.#document(rendered, request).answer(request)
  }

  async #now(slug: string | null): Promise<Rendered | null> {
    const entry = this.#entries.get(slug)
    return entry?.rendered && this.#isFresh(entry.rendered) ? entry.rendered : await this.#renew(slug)
  }

  #isFresh(rendered: Rendered): boolean {
    return rendered.change === this.#change && this.#deps.clock.monotonic() < rendered.until
  }

  #document(rendered: Rendered, { component, incident, file }: Request): Document {
    const { view, page, freshness, tables } = rendered
    if (view !== null && file !== undefined) return this.#file(rendered, view, file)
    if (view === null || (component === undefined && incident === undefined)) return page
    const name = component === undefined ? `incident ${incident}` : `days ${component}`
    const known = tables.get(name)
    if (known) return known
    const html = component === undefined ? tellIncident(view, incident) : tellDays(view, component)
    if (html === null) return this.#missing
    const document = new Document(html, 200, freshness)
    tables.set(name, document)
    return document
  }

  #file({ freshness, tables }: Rendered, view: PageView, name: string): Document {
    const known = tables.get(`file ${name}`)
    if (known) return known
    const file = fileOf(name, view, this.#deps.publicUrl?.() ?? '')
    if (file === null) return this.#missing
    const document = new Document(file.text, 200, freshness, file.headers)
    tables.set(`file ${name}`, document)
    return document
  }

  /** Joins a reading that began after the last change, or starts one; at most one runs and one waits for each page. */
  #renew(slug: string | null): Promise<Rendered | null> {
    let entry = this.#entries.get(slug)
    if (entry === undefined) {
      entry = { rendered: null, view: null, running: null, next: null }
      this.#entries.set(slug, entry)
    }
    const { running } = entry
    if (running === null) return this.#start(slug, entry)
    if (running.change === this.#change) return running.done
    entry.next ??= this.#after(slug, entry, running.done)
    return entry.next
  }

  async #after(slug: string | null, entry: Entry, running: Promise<unknown>): Promise<Rendered | null> {
    await running
    entry.next = null
    return this.#renew(slug)
  }

  #start(slug: string | null, entry: Entry): Promise<Rendered | null> {
    const change = this.#change
    const done = this.#make(slug, entry, change).then((rendered) => {
      entry.running = null
      entry.rendered = rendered
      // Addresses that lead nowhere are not remembered: anybody can make them up.
      if (entry.view === null && this.#entries.get(slug) === entry && entry.next === null) this.#entries.delete(slug)
      return rendered
    })
    entry.running = { change, done }
    return done
  }

  async #make(slug: string | null, entry: Entry, change: number): Promise<Rendered | null> {
    try {
      entry.view = await this.#read(slug)
      return entry.view === null ? null : this.#render(entry.view, change, 'live', renewAfter)
    } catch (error) {
      this.#deps.log.warn('a public page could not be made', { page: slug ?? '(first)', error })
      return this.#fallBack(entry.view, change)
    }
  }

  /** What was read last, with its age; or nothing but the words that nothing is known. */
  #fallBack(view: PageView | null, change: number): Rendered {
    const nothing = { change, until: 0, view: null, freshness: 'away', page: this.#away, tables: new Map() } as const
    try {
      return view === null ? nothing : this.#render(aged(view, this.#deps.clock.now()), change, 'stale', retryAfter)
    } catch {
      return nothing
    }
  }

  #render(view: PageView, change: number, freshness: Freshness, lasts: number): Rendered {
    const html = view.overall.total === 0 ? renderEmpty(view.title) : renderPage(view)
    const until = this.#deps.clock.monotonic() + lasts
    return { change, until, view, freshness, page: new Document(html, 200, freshness), tables: new Map() }
  }

  /** Reads, but not for ever. */
  async #read(slug: string | null): Promise<PageView | null> {
    const late = Promise.withResolvers<never>()
    const timer = this.#deps.clock.after(readWithin, () => {
      late.reject(new Error(`reading took longer than ${readWithin / 1_000} s`))
    })
    try {
      return await Promise.race([this.#deps.load(slug), late.promise])
    } finally {
      timer.cancel()
    }
  }
}

function tellDays(view: PageView, component: string): string | null {
  const one = componentsOf(view.groups).find(({ key }) => key === component)
  return one === undefined ? null : renderDays(view, one)
}

function tellIncident(view: PageView, incident: number | undefined): string | null {
  const one = view.incidents.find(({ id }) => id === incident)
  return one === undefined ? null : renderIncident(view, one)
}
