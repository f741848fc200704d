// Baselines that need a process of their own: checks by node:http.request in a loop that stores nothing and decides
// nothing, all checks at once, and bare POSTs.
// `loop PORT COUNT INTERVAL_MS`, `burst PORT COUNT`, `post PORT COUNT each|once`.
import { request } from 'node:http'
import { cpuHere, quantile } from './measure.ts'

export interface LoopReport {
  readonly cpu: number
  readonly checks: number
  readonly lateP99: number
  readonly rss: number
}

/** When it is on the wall clock, ms with fractions. */
export const wall = (): number => performance.timeOrigin + performance.now()

/** A fresh connection, the body read and searched, a timeout. */
function check(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request({ host: '127.0.0.1', port, path, agent: false, timeout: 10_000 }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => resolve(response.statusCode === 200 && Buffer.concat(parts).toString().includes('OK')))
    })
    call.on('error', () => resolve(false))
    call.on('timeout', () => call.destroy())
    call.end()
  })
}

const pathOf = (number: number) => `/bare-${String(number).padStart(4, '0')}`

/** A timer for each, on a grid spread over the interval; answers `reset` and `report`. */
function loop(port: number, count: number, interval: number): void {
  let late: number[] = []
  let checks = 0
  let cpu = cpuHere()
  const next = (number: number, due: number) => {
    setTimeout(
      () => {
        late.push(Math.max(0, performance.now() - due))
        next(number, due + interval)
        void check(port, pathOf(number)).then(() => (checks += 1))
      },
      Math.max(0, due - performance.now()),
    )
  }
  const begin = performance.now()
  for (let number = 0; number < count; number += 1) next(number, begin + (number * interval) / count)
  process.on('message', (question) => {
    const report: LoopReport = {
      cpu: cpuHere() - cpu,
      checks,
      lateP99: quantile(late, 0.99),
      rss: process.memoryUsage.rss(),
    }
    if (question === 'reset') [late, checks, cpu] = [[], 0, cpuHere()]
    process.send?.(report)
  })
}

/** So many webhooks, each with the time at which it was sent. */
async function post(port: number, count: number, how: string): Promise<void> {
  const body = JSON.stringify({ event: 'monitor.down', text: 'x'.repeat(600) })
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'x-sent': String(wall()) }
      const call = request({ host: '127.0.0.1', port, path: '/bare', method: 'POST', agent: false, headers })
      call.on('error', reject)
      call.on('response', (response) => response.resume().on('end', resolve))
      call.end(body)
    })
  if (how === 'once') await Promise.all(Array.from({ length: count }, one))
  else for (let sent = 0; sent < count; sent += 1) await one()
}

if (import.meta.main) {
  process.once('disconnect', () => process.exit())
  const [role, port = '', count = '', more = ''] = process.argv.slice(2)
  if (role === 'loop') loop(Number(port), Number(count), Number(more))
  else if (role === 'burst')
    await Promise.all(Array.from({ length: Number(count) }, (_, number) => check(Number(port), pathOf(number))))
  else await post(Number(port), Number(count), more)
  process.send?.('ready')
}
