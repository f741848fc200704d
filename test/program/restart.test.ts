// After a restart: every monitor is checked again within its interval, states are what they were, metrics have the
// names that were promised.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventsOf, monitorsOf } from './client.ts'
import { webFace } from './faces.ts'
import { openHome } from './program.ts'
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
