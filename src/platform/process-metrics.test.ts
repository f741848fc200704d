// What a scrape tells of the process.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { systemClock } from './clock.ts'
import { Metrics } from './metrics.ts'
import { measureProcess } from './process-metrics.ts'

test('a scrape tells what the process costs, since when it runs, and its build', () => {
  const metrics = new Metrics()
  measureProcess(metrics, systemClock, { version: '1.2.3', node: '26.0.0' })
  const text = metrics.expose()
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1])
  assert.match(text, /^# TYPE process_cpu_seconds_total counter$/m)
  assert.ok(value('process_cpu_seconds_total') > 0)
  assert.ok(value('process_resident_memory_bytes') > 1e6)
  const age = systemClock.now() / 1_000 - value('process_start_time_seconds')
  assert.ok(Math.abs(age - process.uptime()) < 5, `${age}`)
  if (existsSync('/proc/self/fd')) assert.ok(value('process_open_fds') >= 3)
  assert.match(text, /^allswell_build_info\{version="1\.2\.3",node="26\.0\.0"\} 1$/m)
})
