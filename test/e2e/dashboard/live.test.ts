// What moves while somebody looks: the list, home and a monitor follow the server by themselves, through hidden tabs, a
// server that is killed and started again, and a session that ends.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '#test/browser.ts'
import type { Owner } from '../../program/program.ts'
import { type Dashboard, enter, open, openDashboard, owner } from './rig.ts'

// Within, so that what is started here runs while these tests do and no longer.
describe('live views in a browser', () => {
  let browser: Browser
  const closing: (() => unknown)[] = []
  const all: Owner = { after: (work) => void closing.unshift(work as () => unknown) }
  before(async () => {
    browser = await openBrowser()
    closing.push(() => browser.close())
  })
  after(async () => {
    for (const close of closing) await close()
  })

  const config = `version: 1
monitors:
${['alpha', 'beta', 'gamma'].map((name) => `  ${name}: { heartbeat: { every: 1h } }`).join('\n')}
`

  async function inside(dashboard: Dashboard, path: string): Promise<{ page: Page; errors: string[] }> {
    const seen = await dashboard.page(browser)
    await enter(dashboard, seen.page)
    await open(seen.page, path)
    return seen
  }

  const says = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor()
  const beat = (dashboard: Dashboard, key: string, fails = false) =>
    dashboard.program.ask(`/beat/${key}${fails ? '/fail' : ''}`, { method: 'POST' })
  const row = (page: Page, key: string, state: RegExp) =>
    page.locator(`#row-${key}`).filter({ hasText: state }).waitFor({ timeout: 15_000 })
  const order = async (page: Page) =>
    (await page.locator('tbody tr').evaluateAll((rows) => rows.map(({ id }) => id.slice(4)))).join(' ')

  test('the list follows what happens, and keeps its order while somebody points at it', async () => {
    const dashboard = await openDashboard(all, config)
    const { page, errors } = await inside(dashboard, '/monitors')
    await says(page, '3 monitors')
    await page.mouse.move(5, 5)
    await beat(dashboard, 'alpha')
    await row(page, 'alpha', /Up/)
    await page.waitForSelector('tbody tr:last-child#row-alpha')
    await page.locator('#row-beta').hover()
    await beat(dashboard, 'gamma', true)
    await row(page, 'gamma', /Down/)
    const notice = page.getByRole('button', { name: /The order has changed/ })
    await notice.waitFor()
    assert.equal(await order(page), 'beta gamma alpha')
    await notice.click()
    await page.waitForSelector('tbody tr:first-child#row-gamma')
    assert.equal(await order(page), 'gamma beta alpha')
    await says(page, /^Down\s*1$/)
    assert.deepEqual(errors, [])
  })

  test('rows that are made, changed and deleted elsewhere come, change and go', async () => {
    const dashboard = await openDashboard(all, config)
    const { page } = await inside(dashboard, '/monitors?sort=name')
    await says(page, '3 monitors')
    const spec = { name: 'Newcomer', heartbeat: { every: '1h' } }
    assert.equal((await dashboard.program.api('PUT', '/monitors/later', spec)).status, 201)
    await says(page, 'Newcomer')
    await says(page, '4 monitors')
    await dashboard.program.api('PATCH', '/monitors/later', { name: 'Renamed' })
    await says(page, 'Renamed')
    await dashboard.program.api('DELETE', '/monitors/later')
    await page.getByText('Renamed').waitFor({ state: 'detached' })
    await says(page, '3 monitors')
  })

  test('home and a monitor follow what happens', async () => {
    const dashboard = await openDashboard(all, config)
    const { page } = await inside(dashboard, '/')
    await says(page, 'Nothing is known yet')
    await beat(dashboard, 'alpha')
    await says(page, /All’s well: 1 monitor up/)
    await beat(dashboard, 'alpha', true)
    await says(page, 'Broken now')
    await page.getByRole('link', { name: 'alpha' }).first().click()
    await says(page, /^Down for/)
    await beat(dashboard, 'alpha')
    await says(page, /^Up for/)
    await page.getByRole('link', { name: 'Events' }).last().click()
    await says(page, /^Up( after .*)?$/)
    await beat(dashboard, 'alpha', true)
    await page
      .getByRole('link', { name: /^Down( after|$)/ })
      .first()
      .waitFor()
  })

  test('a killed server is told of by a bar, and what happened meanwhile is there when it is back', async () => {
    const dashboard = await openDashboard(all, config)
    const { page } = await inside(dashboard, '/monitors')
    await says(page, '3 monitors')
    const { port } = new URL(dashboard.program.url)
    await dashboard.program.kill()
    await says(page, /Connection lost/)
    assert.equal(await page.locator('tbody tr').count(), 3, 'what was known stays')
    const again = await dashboard.home.start({ args: ['--listen', `127.0.0.1:${port}`] })
    await again.ask('/beat/gamma', { method: 'POST' })
    await page.getByText(/Connection lost/).waitFor({ state: 'detached' })
    await row(page, 'gamma', /Up/)
    await again.ask('/beat/beta/fail', { method: 'POST' })
    await row(page, 'beta', /Down/)
  })

  test('a server that starts again while a form is open loses nothing that was typed, and saves it', async () => {
    const dashboard = await openDashboard(all)
    const { page, errors } = await inside(dashboard, '/monitors/new?kind=heartbeat')
    const name = page.getByLabel('Name', { exact: true })
    await name.fill('Nightly <backup>')
    await page.getByLabel(/^Expected every/).fill('1d')
    const { port } = new URL(dashboard.program.url)
    await dashboard.program.kill()
    await page.getByRole('button', { name: 'Make the monitor' }).click()
    await says(page, /The server cannot be reached/)
    assert.equal(await name.inputValue(), 'Nightly <backup>')
    const again = await dashboard.home.start({ args: ['--listen', `127.0.0.1:${port}`] })
    await page.getByText(/Connection lost/).waitFor({ state: 'detached' })
    assert.equal(await name.inputValue(), 'Nightly <backup>')
    await page.getByRole('button', { name: 'Make the monitor' }).click()
    await page.waitForURL('**/app/monitors/nightly-backup')
    const { text } = await again.api('GET', '/monitors/nightly-backup')
    const { spec } = JSON.parse(text) as { spec: unknown }
    assert.deepEqual(spec, { name: 'Nightly <backup>', heartbeat: { every: '1d' } })
    assert.deepEqual(errors, [])
  })

  test('a tab that is hidden listens to nothing, and knows all when it is shown again', async () => {
    const dashboard = await openDashboard(all, config)
    const { page } = await inside(dashboard, '/monitors')
    await says(page, '3 monitors')
    const listening = async () => {
      const { text } = await dashboard.program.ask('/metrics')
      return Number(/^allswell_live_clients (\d+)/m.exec(text)?.[1])
    }
    const until = async (wanted: number) => {
      for (let round = 0; round < 100 && (await listening()) !== wanted; round += 1) await page.waitForTimeout(50)
      assert.equal(await listening(), wanted)
    }
    const hide = (hidden: boolean) =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${hidden} })
      document.dispatchEvent(new Event('visibilitychange'))`)
    await until(1)
    await hide(true)
    await until(0)
    await beat(dashboard, 'beta', true)
    await hide(false)
    await row(page, 'beta', /Down/)
    await until(1)
  })

  test('a session that ends over an open list is told of, and the list lives on after signing in', async () => {
    const dashboard = await openDashboard(all, config)
    const { page } = await inside(dashboard, '/monitors')
    await says(page, '3 monitors')
    await page.context().clearCookies()
    await page.evaluate(`window.dispatchEvent(new Event('online'))`)
    await says(page, 'Your session has ended')
    await beat(dashboard, 'alpha', true)
    await page.getByLabel('E-mail').fill(owner.email)
    await page.getByLabel('Password').fill(owner.password)
    await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('Your session has ended').waitFor({ state: 'detached' })
    await row(page, 'alpha', /Down/)
    await beat(dashboard, 'beta', true)
    await row(page, 'beta', /Down/)
  })

  test('a browser whose clock is wrong tells how long by the server’s', async () => {
    const dashboard = await openDashboard(all, config)
    const { page } = await dashboard.page(browser)
    await page.addInitScript('{ const now = Date.now; Date.now = () => now() + 3_600_000 }')
    await enter(dashboard, page)
    await beat(dashboard, 'alpha', true)
    await open(page, '/monitors')
    await row(page, 'alpha', /Down\s*\d+ m?s/)
  })

  test('a monitor that is deleted while somebody looks at it is told of as deleted', async () => {
    const dashboard = await openDashboard(all)
    await dashboard.program.api('PUT', '/monitors/later', { heartbeat: { every: '1h' } })
    const { page } = await inside(dashboard, '/monitors/later')
    await says(page, 'Let the job report')
    await dashboard.program.api('DELETE', '/monitors/later')
    await says(page, 'There is no such monitor')
  })
})
