// The dashboard in a real browser, against 5,000 monitors with 90 days of history: how much is loaded, how soon it is
// seen, how soon a click shows something, and what watching it live costs the browser.
// Promises figures as somebody who looks has them: from the click to what it shows, with the server's work in it.
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '#test/browser.ts'
import { quantile, sleep, spentBy } from '../measure.ts'
import { inFolder, openTarget, serve, token } from '../program.ts'
import type { Row } from '../table.ts'
import { keyOf, seed } from './seed.ts'

const monitors = 5_000
const days = 90
/** The most used peer, Uptime Kuma 2.5.3, measured on such a machine: its status page, and 3,000 monitors at 60 s. */
const peer = {
  scripts: { what: 'Kuma, its status page', value: 618 },
  signIn: { what: 'Kuma, 3,000: sign-in', value: 14_300 },
  list: { what: 'Kuma, 3,000: its list', value: 8_000 },
} as const

export const measure = (): Promise<Row[]> =>
  inFolder(async (folder) => {
    const target = await openTarget()
    await seed(folder, { monitors, days, port: target.port, interval: '60s' })
    const program = await serve(folder, null)
    const browser = await openBrowser()
    try {
      // What is worked out once after a start is not what is measured.
      await withPage(browser, program.url, (page) => show(page, '/monitors', rowsShown))
      return [
        ...(await firstLoads(browser, program.url)),
        ...(await withPage(browser, program.url, clicks)),
        ...(await withPage(browser, program.url, (page) => yearChart(page))),
        ...(await withPage(browser, program.url, (page) => living(browser, page, program.url))),
      ]
    } finally {
      await browser.close()
      await program.stop('SIGKILL')
    }
  })

async function withPage<Value>(browser: Browser, url: string, use: (page: Page) => Promise<Value>): Promise<Value> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: 1280, height: 800 },
    extraHTTPHeaders: { authorization: `Bearer ${token}` },
  })
  try {
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    return await use(page)
  } finally {
    await context.close()
  }
}

const rowsShown = `document.querySelectorAll('tbody tr[id]').length > 50`
const homeShown = `document.querySelector('.trouble li, .all-well') !== null`

/** Opens a screen anew, and gives ms from the beginning until something is seen. */
async function show(page: Page, path: string, shown: string): Promise<number> {
  await page.goto(`/app${path}`, { waitUntil: 'commit' })
  await timed(page, '', shown)
  return Number(await page.evaluate('performance.now()'))
}

const cold = 5

async function firstLoads(browser: Browser, url: string): Promise<Row[]> {
  const [paints, lists]: [number[], number[]] = [[], []]
  let [scripts, all] = [0, 0]
  for (let round = 0; round < cold; round += 1) {
    await withPage(browser, url, async (page) => {
      const sizes: Promise<void>[] = []
      ;[scripts, all] = [0, 0]
      page.on('requestfinished', (request) => {
        const weigh = async () => {
          const { responseBodySize } = await request.sizes()
          all += responseBodySize
          if (request.resourceType() === 'script') scripts += responseBodySize
        }
        sizes.push(weigh())
      })
      await show(page, '/', homeShown)
      await Promise.all(sizes)
      paints.push(Number(await page.evaluate(`performance.getEntriesByName('first-contentful-paint')[0].startTime`)))
    })
    lists.push(await withPage(browser, url, (page) => show(page, '/monitors', rowsShown)))
  }
  return [
    row('dashboard: scripts of the first load', 'kB', scripts / 1_000, 100, peer.scripts),
    row('dashboard: all of the first load', 'kB', all / 1_000, null),
    row('dashboard: first paint, cold', 'ms', quantile(paints, 0.5), 1_000),
    row('dashboard: list of 5,000 shown, cold', 'ms', quantile(lists, 0.5), 1_000, peer.list),
  ]
}

const row = (
  what: string,
  unit: string,
  ours: number,
  atMost: number | null,
  baseline: Row['baseline'] = null,
): Row => ({
  what,
  unit,
  ours,
  baseline,
  atMost,
})

/** Ms from an action in the page until something is seen, and has been painted. */
async function timed(page: Page, act: string, shown: string): Promise<number> {
  const found = await page.evaluate(`(async () => {
    const frame = () => new Promise(requestAnimationFrame)
    const began = performance.now();
    ${act}
    while (!(${shown})) {
      if (performance.now() - began > 20_000) return NaN
      await frame()
    }
    await frame()
    return performance.now() - began
  })()`)
  return Number(found)
}

const press = (selector: string) => `document.querySelector(${JSON.stringify(selector)}).click();`
const pressed = (selector: string, words: string) => {
  const [all, begins] = [JSON.stringify(selector), JSON.stringify(words)]
  return `[...document.querySelectorAll(${all})].find((one) => one.textContent.startsWith(${begins})).click();`
}
const title = (words: string) => `document.querySelector('h1')?.textContent === ${JSON.stringify(words)}`
const firstRow = `document.querySelector('tbody tr[id]')?.id`
const type = (words: string) => `{
  const field = document.querySelector('#search')
  field.value = ${JSON.stringify(words)}
  field.dispatchEvent(new Event('input', { bubbles: true }))
}`

/** What people click, in an order in which each is possible. */
const steps: readonly (readonly [what: string, act: string, shown: string])[] = [
  ['to the list', press('nav a[href="/app/monitors"]'), rowsShown],
  ['sort by name', pressed('th button', 'Name'), `${firstRow} === 'row-${keyOf(1)}'`],
  ['next page', pressed('.paging button', 'Next'), `${firstRow} === 'row-${keyOf(101)}'`],
  ['only what is down', pressed('.statuses button', 'Down'), `document.querySelectorAll('tbody tr[id]').length < 80`],
  ['all again', pressed('.statuses button', 'Down'), rowsShown],
  ['search', type('web-4711'), `${firstRow} === 'row-${keyOf(4711)}'`],
  ['open a monitor', press('tbody tr[id] a'), `document.querySelector('.verdict') !== null`],
  ['its events', press('.tabs a[href*="tab=events"]'), `document.querySelector('.timeline, .empty') !== null`],
  ['its configuration', press('.tabs a[href*="tab=configuration"]'), `document.querySelector('pre') !== null`],
  ['to home', press('nav a[href="/app/"]'), `${title('Home')} && ${homeShown}`],
  ['the palette', pressed('.foot button', 'Find'), `document.querySelector('dialog [role="option"]') !== null`],
]

async function clicks(page: Page): Promise<Row[]> {
  const times = new Map<string, number[]>()
  for (let round = 0; round < 3; round += 1) {
    await show(page, '/', homeShown)
    for (const [what, act, shown] of steps) times.set(what, [...(times.get(what) ?? []), await timed(page, act, shown)])
  }
  const middles = [...times].map(([what, all]) => ({ what, ms: quantile(all, 0.5) }))
  const slowest = middles.toSorted((one, other) => other.ms - one.ms)[0] ?? { what: 'nothing', ms: Number.NaN }
  return [
    row(`dashboard: slowest of ${steps.length} clicks (${slowest.what})`, 'ms', slowest.ms, 300, peer.signIn),
    row(
      'dashboard: the middle click',
      'ms',
      quantile(
        middles.map(({ ms }) => ms),
        0.5,
      ),
      null,
    ),
  ]
}

async function yearChart(page: Page): Promise<Row[]> {
  const times: number[] = []
  for (let number = 1; number <= 7; number += 1) {
    await show(page, `/monitors/${keyOf(number)}`, `document.querySelector('.chart canvas') !== null`)
    await page.waitForLoadState('networkidle')
    const other = `document.querySelector('.chart canvas') !== null && !window.before.isConnected`
    const act = `window.before = document.querySelector('.chart canvas');${pressed('.segments button', '1 year')}`
    times.push(await timed(page, act, other))
  }
  return [row('dashboard: chart of a year, from the click', 'ms', quantile(times, 0.5), 100)]
}

const changesEach = 200
const watchedMs = 15_000

/** So many monitors change their state each second: what that costs whoever looks at the list, and at home. */
async function living(browser: Browser, page: Page, url: string): Promise<Row[]> {
  const rows: Row[] = []
  for (const [what, path, shown] of [
    ['the list', '/monitors', rowsShown],
    ['home', '/', homeShown],
  ] as const) {
    await show(page, path, shown)
    const stop = changing(url)
    await sleep(3_000)
    const before = await rendering(browser)
    const began = performance.now()
    await sleep(watchedMs)
    const spent = (await rendering(browser)) - before
    const share = (spent / (performance.now() - began)) * 100_000
    const changed = await stop()
    rows.push(row(`dashboard: ${what} live, ${Math.round(changed)} changes/s`, '% of a core', share, 20))
  }
  return rows
}

/** CPU seconds of the processes that draw pages. */
async function rendering(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  const pids = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
  return pids.map((pid) => spentBy(pid).cpu).reduce((sum, cpu) => sum + cpu, 0)
}

/** Lets heartbeats fail and be well again in turn; gives how many a second there were when it ends. */
function changing(url: string): () => Promise<number> {
  const beats = Array.from({ length: monitors / 10 }, (_, index) => keyOf(index * 10 + 9))
  const began = performance.now()
  const line = { going: true }
  let sent = 0
  const beat = async () => {
    const fails = Math.floor(sent / beats.length) % 2 === 0
    const key = beats[sent % beats.length]
    sent += 1
    await fetch(`${url}/beat/${key}${fails ? '/fail' : ''}`, { method: 'POST' })
  }
  const run = async () => {
    while (line.going) {
      const due = ((performance.now() - began) / 1_000) * changesEach
      await Promise.all(Array.from({ length: Math.min(50, Math.max(0, Math.floor(due - sent))) }, beat))
      await sleep(20)
    }
  }
  const running = run()
  return async () => {
    line.going = false
    await running
    return sent / ((performance.now() - began) / 1_000)
  }
}
