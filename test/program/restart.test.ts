// Killed in the middle (-9) and started again: what was acknowledged is there, no message is lost or told as a second
// one, every monitor is checked again within its interval, and the restart itself is no event.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { deliveriesOf, eventsOf, type EventSeen, monitorsOf, observationsOf, read } from './client.ts'
import { webFace } from './faces.ts'
import { openHome, type Program } from './program.ts'
import { eventually } from './wait.ts'

const monitors = 300
const intervalMs = 3_000

/** Names that people build dashboards and alarms on. */
const promised = [
  'allswell_beats_total{via="udp"}',
  'allswell_beats_total{via="tcp"}',
  'allswell_beats_total{via="http"}',
  'allswell_beats_rejected_total{via="udp",reason="syntax"}',
  'allswell_checks_total{outcome="up"}',
  'allswell_checks_running',
  'allswell_check_lateness_ms_bucket',
  'allswell_check_lateness_ms_count',
  'allswell_ingest_waiting',
  'allswell_ingest_commit_ms_count',
  'allswell_ingest_dropped_total',
  'allswell_observations_total',
  'allswell_scheduled_monitors 300',
  'allswell_deliveries{state="delivered"}',
  'allswell_deliveries{state="dead"}',
  'allswell_http_answers_total{status="2xx"}',
]

const jobs = ['one', 'two', 'three', 'four']
/** So many of the newest logs of a monitor are looked for; more than that are kept. */
const logsLooked = 20

describe('killed and started again', { concurrency: true }, () => {
  test('kill -9 under a stream of heartbeats with logs loses nothing acknowledged, says nothing twice', async (t) => {
    const hook = await webFace(t)
    hook.answer(({ headers }) => {
      // Every other message needs a second attempt, so that some are always under way.
      const key = headers['idempotency-key']
      const tries = hook.requests.filter((request) => request.headers['idempotency-key'] === key).length
      return tries > 1 || Number(key?.split('-').at(-2)) % 2 === 0 ? { status: 200, afterMs: 20 } : 503
    })
    const home = openHome(
      t,
      `version: 1
monitors:
${jobs.map((job) => `  ${job}: { heartbeat: { every: 1d } }\n`).join('')}
channels: { hook: { webhook: { url: "${hook.url}" }, retry: { first: 100ms, most: 1s } } }
rules: { all: { monitors: "*", tell: hook } }
`,
    )
    const acknowledged = new Map<string, string[]>(jobs.map((job) => [job, []]))
    const total = () => [...acknowledged.values()].flat().length
    let sent = 0
    const send = async (program: Program, job: string) => {
      for (;;) {
        sent += 1
        const body = `${job} ${sent} ${'.'.repeat(sent % 3_000)}`
        const verb = sent % 9 === 0 ? '/fail' : ''
        const answer = await program.ask(`/beat/${job}${verb}`, { method: 'POST', body }).catch(() => null)
        if (answer === null) return
        if (answer.status === 200) acknowledged.get(job)?.push(body)
      }
    }

    let program = await home.start()
    for (let round = 1; round <= 3; round += 1) {
      const senders = jobs.map((job) => send(program, job))
      const goal = total() + 150
      await eventually('heartbeats are flowing', () => total() > goal)
      await program.kill()
      await Promise.all(senders)
      program = await home.start()
      for (const job of jobs) await check(program, job, acknowledged.get(job) ?? [])
    }

    await eventually('every message is delivered', async () => {
      const all = await deliveriesOf(program)
      return all.length > 0 && all.every(({ state }) => state === 'delivered')
    })
    const events = await eventsOf(program)
    const deliveries = await deliveriesOf(program)
    const keys = deliveries.map(({ idempotencyKey }) => idempotencyKey).sort()
    assert.equal(keys.length, toldOf(events).length, 'each event that is told has one message')
    assert.equal(new Set(keys).size, keys.length)
    const received = new Set(hook.requests.map(({ headers }) => headers['idempotency-key'] ?? ''))
    assert.deepEqual([...received].sort(), keys, 'every message came, and no other')

    await program.kill()
    const requests = hook.requests.length
    program = await home.start()
    assert.deepEqual(await eventsOf(program), events, 'a restart is no event')
    assert.equal(await program.stop(), 0)
    assert.equal(hook.requests.length, requests, 'what was delivered is not sent again')
  })

  test('three hundred monitors are each checked again within one interval after a restart', async (t) => {
    const target = await webFace(t)
    const lines = Array.from(
      { length: monitors },
      (_, n) => `  web-${n}: { http: { url: "http://127.0.0.1:${target.port}/${n}" }, interval: ${intervalMs}ms }\n`,
    )
    const home = openHome(t, `version: 1\nmonitors:\n${lines.join('')}`)
    const checked = (since: number) => new Set(target.requests.slice(since).map(({ path }) => path)).size
    const first = await home.start()
    await eventually('each was checked', () => checked(0) === monitors)
    const known = (all: Awaited<ReturnType<typeof monitorsOf>>) => all.filter(({ status }) => status === 'up').length
    await eventually('each is up', async () => known(await monitorsOf(first)) === monitors)
    const before = await monitorsOf(first)
    const events = await eventsOf(first)
    await first.kill()

    const from = target.requests.length
    const again = await home.start()
    const after = await monitorsOf(again)
    assert.deepEqual(
      after.map(({ key, status, since }) => ({ key, status, since })),
      before.map(({ key, status, since }) => ({ key, status, since })),
      'states are as they were before anything is checked',
    )
    await eventually('each was checked again', () => checked(from) === monitors, intervalMs + 5_000)
    assert.deepEqual(await eventsOf(again), events, 'a restart is no event')

    const { text, headers } = await again.ask('/metrics')
    assert.match(headers['content-type'] ?? '', /^text\/plain; version=0\.0\.4/)
    for (const name of promised) assert.ok(text.includes(`\n${name}`), `/metrics has ${name}`)
    for (const line of text.trimEnd().split('\n')) {
      assert.match(line, /^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"]*",?)+\})? (-?[\d.e+-]+|NaN|\+Inf))$/, line)
    }
    assert.equal(await again.stop(), 0)
  })
})

/** What a monitor was told and acknowledged is in its history, and its newest logs in its log. */
async function check(program: Program, job: string, acknowledged: readonly string[]): Promise<void> {
  const stored = (await observationsOf(program, job)).length
  assert.ok(stored >= acknowledged.length, `${job}: ${stored} are there of ${acknowledged.length}`)
  const { items } = read(await program.api('GET', `/monitors/${job}/log?limit=100`)) as { items: { body: string }[] }
  const kept = new Set(items.map(({ body }) => body))
  for (const body of acknowledged.slice(-logsLooked)) assert.ok(kept.has(body), `${job}: the log ${body} is gone`)
}

/** The events that people are told: each down, and each up after one. Newest first, as given. */
function toldOf(events: readonly EventSeen[]): readonly EventSeen[] {
  return events.filter(
    (event, index) =>
      event.type === 'monitor.down' || events.slice(index + 1).some(({ monitor }) => monitor === event.monitor),
  )
}
