// What the process costs, under the names that Prometheus' own clients use, and which build it is.
// Promises to read it only when it is asked for. Must not know what the process does.
import { readdirSync } from 'node:fs'
import type { Clock } from './clock.ts'
import type { Metrics } from './metrics.ts'

export function measureProcess(metrics: Metrics, clock: Clock, build: Readonly<Record<string, string>>): void {
  const startedAt = clock.now() / 1_000 - process.uptime()
  metrics.counted('process_cpu_seconds_total', 'Seconds of processor time, user and system.', () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  })
  metrics.gauge('process_resident_memory_bytes', 'Memory that is resident.', () => process.memoryUsage.rss())
  metrics.gauge('process_start_time_seconds', 'When the process began, since 1970.', () => startedAt)
  metrics.gauge('process_open_fds', 'File descriptors that are open, where the system tells.', openDescriptors)
  metrics.gauge('allswell_build_info', 'Always 1; its labels say which build this is.', () => [[build, 1]])
}

function openDescriptors(): number | [] {
  try {
    // The one that reads the folder is among them.
    return readdirSync('/proc/self/fd').length - 1
  } catch {
    return []
  }
}
