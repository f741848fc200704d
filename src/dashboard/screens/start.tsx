// The first minute: paste an address, see it checked, choose who is told, send a test; the public page is ready.
// Promises that each step works by itself and can be left out.
import { useSignal } from '@preact/signals'
import { at, get, post, Problem } from '../api/client.ts'
import type { Common, Finding, ListOf, Monitor, Page } from '../api/types.ts'
import { keyFrom } from '../form/entry.ts'
import { Head } from '../parts/basics.tsx'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { Shape } from '../parts/shape.tsx'
import { base } from '../router.ts'
import { latency, statusWord } from '../words.ts'
import { StartChannel } from './start-channel.tsx'
import { HeartbeatLine } from './teach.tsx'

export function Start() {
  const watched = useSignal<Watched | null>(null)
  const told = useSignal<string | null>(null)
  return (
    <div class="screen narrow">
      <Head title="Watch something" />
      <div class="stack wide">
        <FirstMonitor watched={watched.value} made={(made) => (watched.value = made)} />
        {watched.value === null && <Otherwise />}
        {watched.value !== null && <StartChannel done={(channel) => (told.value = channel)} told={told.value} />}
        {watched.value !== null && <Ready watched={watched.value} />}
      </div>
    </div>
  )
}

/** Other ways to begin. */
const Otherwise = () => (
  <>
    <section class="step">
      <h2>Or let a job report</h2>
      <p>A job that says when it is done needs no settings: a new name makes a new monitor.</p>
      <HeartbeatLine />
    </section>
    <p>
      <a href={`${base}/monitors/new`}>Another kind of check</a>: mail servers, databases, DNS, certificates and more.
    </p>
  </>
)

interface Watched {
  readonly monitor: Monitor
  readonly found: Finding
}

/** What was pasted, as settings of a monitor; null: it is no address. */
export function entryFor(
  text: string,
): { readonly name: string; readonly entry: Readonly<Record<string, unknown>> } | null {
  const typed = text.trim()
  if (/^[\w.-]+:\d{1,5}$/.test(typed) && !typed.endsWith(':443') && !typed.endsWith(':80'))
    return { name: typed, entry: { tcp: { address: typed } } }
  const url = /^https?:\/\//i.test(typed) ? typed : `https://${typed}`
  if (!URL.canParse(url) || /\s/.test(typed) || typed === '') return null
  const { hostname, pathname } = new URL(url)
  return { name: `${hostname}${pathname === '/' ? '' : pathname}`, entry: { http: { url } } }
}

async function make(text: string): Promise<Watched> {
  const wanted = entryFor(text)
  if (wanted === null) {
    const message = 'This is no address; write https://example.com, or db.example.com:5432.'
    throw new Problem(0, 'invalid', message, [])
  }
  const key = await freeKey(keyFrom(wanted.name) || 'website')
  await post<Common>('/monitors', { key, name: wanted.name.slice(0, 200), interval: '30s', ...wanted.entry })
  return await post<Watched>(at('monitors', key, 'run'), undefined, { timeout: 60_000 })
}

/** The key, or with a number behind it where it is taken. */
async function freeKey(key: string): Promise<string> {
  for (let number = 1; number < 100; number += 1) {
    const tried = number === 1 ? key : `${key}-${number}`
    try {
      await get(at('monitors', tried))
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return tried
      throw error
    }
  }
  return `${key}-more`
}

interface FirstProps {
  readonly watched: Watched | null
  readonly made: (watched: Watched) => void
}

function FirstMonitor({ watched, made }: FirstProps) {
  const address = useSignal('')
  return (
    <section class={`step ${watched ? 'done' : ''}`}>
      <h2>1. Paste an address</h2>
      {watched === null ? (
        <Form send={async () => made(await make(address.value))} action="Watch it">
          {() => (
            <Field
              label="Address"
              value={address.value}
              set={(text) => (address.value = text)}
              placeholder="https://example.com"
              help="It is checked at once, then every 30 seconds. A host and port, such as db.example.com:5432, do too."
              autoFocus
            />
          )}
        </Form>
      ) : (
        <Seen watched={watched} />
      )}
    </section>
  )
}

const Seen = ({ watched: { monitor, found } }: { readonly watched: Watched }) => (
  <p class="line" role="status">
    <Shape status={found.outcome} />
    <span class="grow">
      <a href={`${base}/monitors/${encodeURIComponent(monitor.key)}`}>{monitor.name}</a> is{' '}
      {statusWord[found.outcome].toLowerCase()}
      {found.latency !== null && `, in ${latency(found.latency)}`}
      {found.sentence !== null && `: ${found.sentence}`}
    </span>
  </p>
)

/** The public page: the one that there is, or one made with a press. */
function Ready({ watched: { monitor } }: { readonly watched: Watched }) {
  const page = useSignal<string | null>(null)
  const publish = async () => {
    const { items } = await get<ListOf<Page>>('/pages', { limit: 1 })
    const first = items[0]
    if (first === undefined) {
      const component = { name: monitor.name, monitors: monitor.key }
      await post('/pages', { key: 'main', title: 'Status', groups: [{ components: [component] }] })
    }
    page.value = '/'
  }
  return (
    <section class={`step ${page.value === null ? '' : 'done'}`}>
      <h2>3. Show it</h2>
      {page.value === null ? (
        <Form send={publish} action="Make the public page">
          {() => <p>A page that anybody can read, with its state, ninety days and incidents. It fills itself.</p>}
        </Form>
      ) : (
        <p class="line">
          <Shape status="up" />
          <span>
            <a href={page.value} target="_blank" rel="noopener">
              The public page ↗
            </a>{' '}
            is ready. What stands on it is changed under <a href={`${base}/pages`}>Status pages</a>.
          </span>
        </p>
      )}
      <p>
        <a class="button" href={`${base}/`}>
          Go to the dashboard
        </a>
      </p>
    </section>
  )
}
