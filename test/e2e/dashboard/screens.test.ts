// Every screen, light and dark: axe finds nothing, the policy keeps nothing from working, hostile text stays text.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '#test/browser.ts'
import type { Owner } from '../../program/program.ts'
import { type Dashboard, enter, open, openDashboard } from './rig.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const hostile = `<img src=x onerror="window.hit=1"><script>window.hit=1</script> مرحبا \u202e🔥 '"\`\${1}`

let browser: Browser
let dashboard: Dashboard
const closing: (() => unknown)[] = []
const all: Owner = { after: (work) => void closing.unshift(work as () => unknown) }
before(async () => {
  browser = await openBrowser()
  closing.push(() => browser.close())
  dashboard = await openDashboard(all)
  const made = [
    await dashboard.program.api('PUT', '/monitors/evil', {
      name: hostile.slice(0, 200),
      description: hostile.repeat(20),
      labels: { team: hostile.slice(0, 150) },
      tcp: { address: '127.0.0.1:9' },
      interval: '1s',
      fail_after: 1,
    }),
    await dashboard.program.api('PUT', '/monitors/long', {
      name: 'w'.repeat(200),
      description: 'x'.repeat(2_000),
      heartbeat: { every: '1h' },
    }),
    await dashboard.program.api('PUT', '/channels/hook', {
      name: hostile.slice(0, 200),
      webhook: { url: 'http://127.0.0.1:9/', body: { text: hostile } },
    }),
    await dashboard.program.api('PUT', '/rules/all', {
      name: hostile.slice(0, 200),
      monitors: '*',
      tell: 'hook',
    }),
    await dashboard.program.api('PUT', '/pages/main', {
      title: hostile.slice(0, 200),
      groups: [{ components: [{ name: 'Shop', monitors: 'evil' }] }],
    }),
  ]
  for (const { status, text } of made) assert.ok(status === 201 || status === 200, text)
  await dashboard.program.ask('/beat/talking', { method: 'POST', body: hostile.repeat(100) })
})
after(async () => {
  for (const close of closing) await close()
})

const paths = [
  '/',
  '/start',
  '/monitors',
  '/monitors?search=nothing-is-like-this',
  '/monitors/evil?range=1h',
  '/monitors/long',
  '/monitors/evil?tab=events',
  '/monitors/evil?tab=messages',
  '/monitors/evil?tab=configuration',
  '/monitors/evil?tab=changes',
  '/monitors/none',
  '/monitors/new',
  '/monitors/new?kind=http',
  '/monitors/new?kind=group',
  '/monitors/evil/edit',
  '/events',
  '/events/1',
  '/messages',
  '/channels',
  '/channels/hook',
  '/channels/new',
  '/rules',
  '/rules/all',
  '/pages',
  '/pages/main',
  '/pages/main/edit',
  '/settings',
  '/settings/security',
  '/settings/people',
  '/settings/people/1',
  '/settings/tokens',
  '/settings/audit',
  '/settings/system',
  '/nowhere',
]

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}

async function faults(page: Page): Promise<string[]> {
  const found = (await page.evaluate(
    `(async () => { ${axe}; return (await axe.run(document, { resultTypes: ['violations'] })).violations })()`,
  )) as readonly Violation[]
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on any screen in ${colorScheme}, and hostile text runs nowhere`, async () => {
    const { page, errors } = await dashboard.page(browser, { colorScheme })
    await enter(dashboard, page)
    const found: string[] = []
    for (const path of paths) {
      await open(page, path).catch(async () => page.waitForSelector('h2'))
      await page.waitForLoadState('networkidle').catch(() => undefined)
      for (const fault of await faults(page)) found.push(`${path} ${fault}`)
      assert.equal(await page.evaluate('window.hit'), undefined, path)
      const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
      if (wide) found.push(`${path} is wider than the window`)
    }
    assert.deepEqual(found, [])
    assert.deepEqual(errors, [])
  })
}

test('axe finds nothing on a phone, and no screen is wider than it', async () => {
  const { page, errors } = await dashboard.page(browser, { viewport: { width: 360, height: 740 }, hasTouch: true })
  await enter(dashboard, page)
  const found: string[] = []
  for (const path of ['/', '/monitors', '/monitors/evil', '/monitors/evil/edit', '/events', '/settings/people']) {
    await open(page, path)
    await page.waitForLoadState('networkidle').catch(() => undefined)
    for (const fault of await faults(page)) found.push(`${path} ${fault}`)
    if (await page.evaluate('document.documentElement.scrollWidth > innerWidth')) found.push(`${path} is too wide`)
  }
  assert.deepEqual(found, [])
  assert.deepEqual(errors, [])
})

test('axe finds nothing at the doors', async () => {
  const { page } = await dashboard.page(browser)
  const found: string[] = []
  for (const path of [
    '/',
    `/setup#${'x'.repeat(43)}`,
    '/setup',
    `/invitation#${'x'.repeat(43)}`,
    '/sign-in?error=denied',
  ]) {
    await page.goto('about:blank')
    await open(page, path)
    await page.waitForLoadState('networkidle').catch(() => undefined)
    for (const fault of await faults(page)) found.push(`${path} ${fault}`)
  }
  assert.deepEqual(found, [])
})
