// Takes pictures of the dashboard to look at: `node test/e2e/dashboard/shots.ts FOLDER [name …]`.
// Promises each screen, light and dark, wide and narrow, of a server with a little of everything. It judges nothing.
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { openBrowser } from '#test/browser.ts'
import { enter, openDashboard, settled } from './rig.ts'

const [folder, ...wanted] = process.argv.slice(2)
if (folder === undefined) {
  process.stderr.write('Name the folder for the pictures: node test/e2e/dashboard/shots.ts FOLDER [name …]\n')
  process.exit(2)
}
mkdirSync(folder, { recursive: true })

const closing: (() => unknown)[] = []
const target = createServer((request, response) => {
  response.writeHead(request.url === '/broken' ? 503 : 200, { 'content-type': 'text/plain' }).end('hello')
})
await new Promise<void>((resolve) => {
  target.listen(0, '127.0.0.1', resolve)
})
closing.push(
  () => target.closeAllConnections(),
  () => target.close(),
)
const at = `http://127.0.0.1:${(target.address() as AddressInfo).port}`
const many = Number(process.env['SHOTS_MANY'] ?? 40)
const filler = Array.from(
  { length: many },
  (_, index) =>
    `  job-${index + 1}: { heartbeat: { every: 1h }, labels: { team: ${['shop', 'pay', 'core'][index % 3]} } }\n`,
).join('')
const config = `version: 1
monitors:
  shop: { name: Web shop, http: { url: "${at}/" }, interval: 1s, labels: { team: shop, env: prod } }
  api: { name: Payments API, http: { url: "${at}/broken" }, interval: 1s, fail_after: 1, labels: { team: pay } }
  db:
    name: Database, the main one of the whole company
    tcp: { address: "127.0.0.1:9" }
    interval: 2s
    labels: { team: core, env: prod, tier: one, region: eu }
  slow: { http: { url: "${at}/", latency: { degraded: 1ms } }, interval: 1s, fail_after: 1 }
  resting: { http: { url: "${at}/" }, paused: true }
${filler}channels:
  chat: { webhook: { url: "${at}/hook" } }
rules:
  all: { monitors: "*", tell: chat, on: [down, up] }
pages:
  main: { title: Status, groups: [{ components: [{ name: Shop, monitors: shop }] }] }
`
const owner = { after: (work: () => unknown) => closing.unshift(work) }
const browser = await openBrowser()
closing.push(() => browser.close())

const screens: Record<string, string> = {
  home: '/',
  start: '/start',
  monitors: '/monitors',
  monitor: '/monitors/api?range=1h',
  'monitor-events': '/monitors/api?tab=events',
  'monitor-config': '/monitors/shop?tab=configuration',
  'monitor-messages': '/monitors/api?tab=messages',
  new: '/monitors/new',
  'new-http': '/monitors/new?kind=http',
  'new-group': '/monitors/new?kind=group',
  edit: '/monitors/shop/edit',
  events: '/events',
  event: '/events/1',
  messages: '/messages',
  message: '/messages/1',
  silences: '/silences',
  'new-silence': '/silences?new=1&label=team:shop',
  channels: '/channels',
  'new-webhook': '/channels/new?kind=webhook',
  rules: '/rules',
  pages: '/pages',
  page: '/pages/main',
  profile: '/settings',
  security: '/settings/security',
  people: '/settings/people',
  tokens: '/settings/tokens',
  audit: '/settings/audit',
  system: '/settings/system',
  missing: '/nowhere',
}
try {
  const full = await openDashboard(owner, config)
  const empty = await openDashboard(owner)
  for (let round = 0; round < 100; round += 1) {
    if (/"down":2/.test((await full.program.api('GET', '/home')).text)) break
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await full.program.ask('/beat/job-3')
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [size, width, height] of [
      ['wide', 1280, 800],
      ['phone', 390, 844],
    ] as const) {
      const look = { colorScheme, viewport: { width, height }, deviceScaleFactor: size === 'phone' ? 2 : 1 }
      const shoot = async (dashboard: typeof full, name: string, path: string, signedIn = true) => {
        if (wanted.length > 0 && !wanted.includes(name)) return
        const { page, errors } = await dashboard.page(browser, look)
        if (signedIn) await enter(dashboard, page)
        await page.goto(`/app${path}`)
        await settled(page)
        await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${size}.png`), fullPage: true })
        for (const error of errors) process.stderr.write(`${name}: ${error}\n`)
        await page.context().close()
      }
      await shoot(empty, 'nobody', '/', false)
      await shoot(empty, 'setup', `/setup#${'x'.repeat(43)}`, false)
      for (const [name, path] of Object.entries(screens)) await shoot(full, name, path)
      await shoot(full, 'sign-in', '/', false)
      await shoot(empty, 'empty-home', '/')
      await shoot(empty, 'empty-monitors', '/monitors')
      await shoot(empty, 'empty-channels', '/channels')
    }
  }
} finally {
  for (const close of closing) await close()
}
