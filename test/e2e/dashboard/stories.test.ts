// The dashboard as people use it, against the real program: the first minute, the table, forms, keys, what is broken.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '#test/browser.ts'
import { webFace } from '../../program/faces.ts'
import type { Owner } from '../../program/program.ts'
import { type Dashboard, enter, open, openDashboard, owner } from './rig.ts'

// Within, so that what is started here runs while these tests do and no longer.
describe('the first stories of the dashboard', () => {
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

  /** A web service that answers as its path says. */
  async function service(): Promise<string> {
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/broken' ? 503 : 200, { 'content-type': 'text/plain' }).end('hello')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    closing.unshift(() => {
      server.closeAllConnections()
      server.close()
    })
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  async function inside(dashboard: Dashboard, path: string): Promise<{ page: Page; errors: string[] }> {
    const seen = await dashboard.page(browser)
    await enter(dashboard, seen.page)
    await open(seen.page, path)
    return seen
  }

  const says = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor()
  const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click()

  test('from the printed link to a live check, a channel that was tested and the public page in a minute', async () => {
    const dashboard = await openDashboard(all)
    const at = await service()
    const sink = await webFace(all)
    const { page, errors } = await dashboard.page(browser)
    await page.goto('/app')
    await says(page, 'Nobody has an account yet')
    await page.goto(dashboard.link)
    assert.equal(new URL(page.url()).hash, '', 'the secret does not stay in the address')
    await page.getByLabel('Your name').fill(owner.name)
    await page.getByLabel('E-mail').fill(owner.email)
    await page.getByLabel('Password').fill('short')
    await press(page, 'Make the account')
    await says(page, /take at least 10/)
    await page.getByLabel('Password').fill(owner.password)
    await press(page, 'Make the account')
    await page.getByLabel('Address').fill('no address at all')
    await press(page, 'Watch it')
    await says(page, /This is no address/)
    await page.getByLabel('Address').fill(`${at}/health`)
    await press(page, 'Watch it')
    await says(page, /is up, in/)
    await press(page, 'Webhook')
    await page.getByLabel(/^URL/).fill(sink.url)
    await press(page, 'Send a test')
    await says(page, /is told when something goes down/)
    await press(page, 'Make the public page')
    await says(page, /is ready\. What stands on it/)
    assert.match((await dashboard.program.ask('/')).text, /127\.0\.0\.1/)
    await page.getByRole('link', { name: 'Go to the dashboard' }).click()
    await says(page, /All’s well: 1 monitor up/)
    assert.deepEqual(errors, [])
  })

  test('the table holds its view in the address, and is steered by keys', async () => {
    const jobs = Array.from(
      { length: 120 },
      (_, index) => `  job-${index}: { heartbeat: { every: 1h }, labels: { n: "${index % 2}" } }`,
    )
    const dashboard = await openDashboard(all, `version: 1\nmonitors:\n${jobs.join('\n')}\n`)
    const { page, errors } = await inside(dashboard, '/monitors')
    await says(page, '1–100 of 120 monitors')
    await press(page, 'Next')
    await says(page, '101–120 of 120 monitors')
    assert.match(page.url(), /page=2/)
    await page.reload()
    await says(page, '101–120 of 120 monitors')
    await page.getByLabel('Label').selectOption('n:1')
    await says(page, '60 monitors')
    await page.keyboard.press('/')
    await page.keyboard.type('job-11')
    await says(page, /^6 monitors$/)
    assert.match(page.url(), /label=n%3A1&search=job-11$/)
    await page.keyboard.press('Escape')
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    const key = await page.locator('tr[aria-current="true"]').getAttribute('id')
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/app/monitors/${key?.slice(4)}`)
    await says(page, 'Never observed')
    await page.goBack()
    await says(page, /^6 monitors$/)
    await page.keyboard.press('?')
    await says(page, 'Row before')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: /Find screens/ }).fill('job-77')
    await page.getByRole('option', { name: /job-77/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL('**/app/monitors/job-77')
    await page.keyboard.press('g')
    await page.keyboard.press('h')
    await page.getByRole('heading', { name: 'Home' }).waitFor()
    assert.deepEqual(errors, [])
  })

  test('a view is saved under a name for everybody, found again, renamed and taken away', async () => {
    const dashboard = await openDashboard(all, 'version: 1\nmonitors:\n  web: { heartbeat: { every: 1h } }\n')
    const { page, errors } = await inside(dashboard, '/monitors')
    assert.equal(await page.getByText('Save this view').count(), 0, 'all monitors are no view to save')
    await page.getByRole('button', { name: /^Unknown/ }).click()
    await press(page, 'Save this view')
    await page.getByLabel('Name').fill('Never heard of')
    await page.getByLabel('For everybody').check()
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    const views = page.getByRole('navigation', { name: 'Saved views' })
    await views.getByRole('link', { name: 'Never heard of', exact: true }).waitFor()
    await views.getByRole('link', { name: 'All' }).click()
    await page.waitForURL('**/app/monitors')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: /Find screens/ }).fill('never heard')
    await page.getByRole('option', { name: /Never heard of/ }).click()
    await page.waitForURL('**/app/monitors?status=unknown')
    await press(page, 'Change this view')
    await page.getByLabel('Name').fill('Silent')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await views.getByRole('link', { name: 'Silent', exact: true }).waitFor()
    await press(page, 'Change this view')
    await press(page, 'Take it away')
    await views.waitFor({ state: 'detached' })
    assert.deepEqual(errors, [])
  })

  test('a heartbeat line turns green while somebody looks', async () => {
    const dashboard = await openDashboard(all)
    const { page } = await inside(dashboard, '/monitors')
    await page.getByLabel('Name of the job').fill('Nightly Backup')
    await says(page, /\/beat\/nightly-backup/)
    await says(page, /Waiting for the first beat/)
    await page.getByLabel('How it is sent').selectOption({ label: 'Cron' })
    await says(page, /^30 2 \* \* \* .*\/beat\/nightly-backup\/\$\?$/)
    await dashboard.program.ask('/beat/nightly-backup')
    await says(page, /It has come/)
    await dashboard.program.ask('/beat/nightly-backup')
    await open(page, '/monitors/nightly-backup')
    await says(page, /The last beat came .*, the next one is due/)
    await page
      .getByRole('img', { name: /^The last 1 interval: .*The line is the limit, 1 d 1 h after a beat/ })
      .waitFor()
    await page.getByText('How to send one').click()
    await page.getByLabel('How it is sent').waitFor()
  })

  test('a monitor is made, changed, explained and deleted; what is wrong is said at its field', async () => {
    const dashboard = await openDashboard(all)
    const at = await service()
    const { page, errors } = await inside(dashboard, '/monitors/new')
    await page.getByRole('button', { name: /^HTTP/ }).click()
    await page.getByLabel('Name', { exact: true }).fill('Payments')
    await page.getByLabel(/^URL/).fill('ftp://nowhere')
    await press(page, 'Make the monitor')
    await page.locator('.field', { hasText: 'URL' }).locator('.wrong').first().waitFor()
    await page.getByLabel(/^URL/).fill(`${at}/broken`)
    await page.getByText('How patiently, and other settings').click()
    await page.getByLabel('Interval', { exact: true }).fill('10s')
    await page.getByLabel('Failures before it is down').fill('1')
    await press(page, 'Make the monitor')
    await page.waitForURL('**/app/monitors/payments')
    await says(page, /It answered 503/)
    await page.getByRole('link', { name: 'Configuration' }).click()
    await says(page, /fail_after: 1/)
    await page.getByRole('link', { name: 'Events' }).last().click()
    await page.getByRole('link', { name: /^Down/ }).first().click()
    await says(page, /no rule is about this monitor/)
    await page.goto('/app/monitors/payments/edit')
    await page.getByLabel(/^URL/).fill(`${at}/`)
    await dashboard.program.api('PATCH', '/monitors/payments', { description: 'changed meanwhile' })
    await press(page, 'Save')
    await press(page, 'Keep mine')
    await press(page, 'Save')
    await says(page, /^Up for/)
    await page.goto('/app/monitors/payments/edit')
    page.on('dialog', (dialog) => void dialog.accept())
    await press(page, 'Delete')
    await page.waitForURL('**/app/monitors')
    assert.equal((await dashboard.program.api('GET', '/monitors/payments')).status, 404)
    assert.deepEqual(errors, [])
  })

  test('what a file owns is shown with the file named, and cannot be changed', async () => {
    const dashboard = await openDashboard(all, 'version: 1\nmonitors:\n  web: { heartbeat: { every: 1h } }\n')
    const { page } = await inside(dashboard, '/monitors/web/edit')
    await says(page, dashboard.home.file)
    assert.equal(await page.getByRole('button', { name: 'Save' }).count(), 0)
    assert.equal(await page.locator('input:not([readonly]):not([disabled])').count(), 0)
  })

  test('a server that goes away is told of by a bar, and one that is back too', async () => {
    const dashboard = await openDashboard(all)
    const { page } = await inside(dashboard, '/')
    await page.context().setOffline(true)
    await says(page, /Connection lost/)
    await page.context().setOffline(false)
    await page.getByText(/Connection lost/).waitFor({ state: 'detached' })
  })

  test('a session that ends while a form is open loses nothing that was typed', async () => {
    const dashboard = await openDashboard(all)
    const { page } = await inside(dashboard, '/rules/new')
    await page.getByLabel('Name', { exact: true }).fill('Night watch')
    const cookies = await page.context().cookies()
    await page.context().clearCookies()
    await press(page, 'Make the rule')
    await says(page, 'Your session has ended')
    assert.ok(cookies.length > 0)
    await page.getByLabel('E-mail').fill(owner.email)
    await page.getByLabel('Password').fill(owner.password)
    await press(page, 'Sign in')
    await page.getByText('Your session has ended').waitFor({ state: 'detached' })
    assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Night watch')
  })

  test('a viewer sees all and is offered nothing that they may not do', async () => {
    const dashboard = await openDashboard(all, 'version: 1\nmonitors:\n  web: { heartbeat: { every: 1h } }\n')
    const { page } = await inside(dashboard, '/settings/people')
    await press(page, 'Invite somebody')
    await page.getByLabel('E-mail').fill('vera@corp.test')
    await page.getByLabel('Role').selectOption('viewer')
    await page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click()
    await says(page, /hand this link over yourself/)
    const link = (await page.locator('dialog code').textContent()) ?? ''
    const { page: hers, errors } = await dashboard.page(browser)
    await hers.goto(link)
    await says(hers, 'vera@corp.test')
    await hers.getByLabel('Your name').fill('Vera')
    await hers.getByLabel('Password').fill('nine patient ferries')
    await press(hers, 'Make the account')
    await hers.getByRole('heading', { name: 'Home' }).waitFor()
    await open(hers, '/monitors')
    await says(hers, '1 monitor')
    for (const name of ['New monitor', 'Pause', 'Edit'])
      assert.equal(await hers.getByText(name, { exact: true }).count(), 0, name)
    await open(hers, '/monitors/web')
    for (const name of ['Pause', 'Edit', 'Run now'])
      assert.equal(await hers.getByText(name, { exact: true }).count(), 0, name)
    await open(hers, '/settings')
    assert.equal(await hers.getByRole('link', { name: 'People' }).count(), 0)
    assert.deepEqual(errors, [])
  })
})
