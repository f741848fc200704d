// Every screen, light, dark and on a phone: axe finds nothing, the policy keeps nothing from working, and hostile text
// stays text.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '#test/browser.ts'
import type { Owner } from '../../program/program.ts'
import { type Dashboard, enter, openDashboard, settled } from './rig.ts'

// Within, so that what is started here runs while these tests do and no longer.
describe('every screen', () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
  const hostile = `<img src=x onerror="window.hit=1"><script>window.hit=1</script> مرحبا 🔥 '"\`\${1}`

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
    '/silences',
    '/silences?new=1&label=team:shop',
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

  /** What axe finds; `only`: by these rules alone. */
  async function faults(page: Page, only: readonly string[] = []): Promise<string[]> {
    if (!(await page.evaluate(`'axe' in window`))) await page.evaluate(axe)
    const options = { resultTypes: ['violations'], ...(only.length > 0 ? { runOnly: only } : {}) }
    const found = (await page.evaluate(
      `(async () => (await axe.run(document, ${JSON.stringify(options)})).violations)()`,
    )) as readonly Violation[]
    return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))
  }

  const isWide = (page: Page) => page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')

  const desk = { width: 1280, height: 800 }
  const phone = { width: 360, height: 740 }

  test('axe finds nothing on any screen, light, dark or on a phone, and hostile text runs nowhere', async () => {
    const { page, errors } = await dashboard.page(browser, { colorScheme: 'light', viewport: desk })
    await enter(dashboard, page)
    const found: string[] = []
    const look = async (path: string, how: string, only?: readonly string[]) => {
      for (const fault of await faults(page, only)) found.push(`${path} ${how}: ${fault}`)
      if (await isWide(page)) found.push(`${path} ${how}: is wider than the window`)
    }
    for (const path of paths) {
      await page.goto(`/app${path}`)
      await settled(page)
      await look(path, 'light')
      // In the dark only colours are other ones; on a phone places and sizes are, too.
      await page.emulateMedia({ colorScheme: 'dark' })
      await look(path, 'dark', ['color-contrast'])
      await page.setViewportSize(phone)
      await page.emulateMedia({ colorScheme: 'light' })
      await look(path, 'on a phone', ['color-contrast', 'target-size', 'scrollable-region-focusable'])
      await page.setViewportSize(desk)
      assert.equal(await page.evaluate('window.hit'), undefined, path)
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
      await page.goto(`/app${path}`)
      await settled(page)
      for (const fault of await faults(page)) found.push(`${path} ${fault}`)
    }
    assert.deepEqual(found, [])
  })
})
