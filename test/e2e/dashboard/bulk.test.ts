// Many monitors at once: chosen in the list or by its filters, shown first, then changed, with what was left out.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '#test/browser.ts'
import type { Owner } from '../../program/program.ts'
import { type Dashboard, enter, open, openDashboard } from './rig.ts'

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

const says = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor()
const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click()

/** So many monitors made by people, and one that a file owns. */
async function installation(many: number): Promise<{ dashboard: Dashboard; page: Page; errors: string[] }> {
  const dashboard = await openDashboard(all, 'version: 1\nmonitors:\n  owned: { heartbeat: { every: 1h } }\n')
  for (let number = 1; number <= many; number += 1) {
    const spec = { heartbeat: { every: '1h' }, labels: { n: String(number % 2) } }
    const { status, text } = await dashboard.program.api('PUT', `/monitors/job-${number}`, spec)
    assert.equal(status, 201, text)
  }
  const { page, errors } = await dashboard.page(browser)
  await enter(dashboard, page)
  await open(page, '/monitors')
  return { dashboard, page, errors }
}

async function labelsOf(dashboard: Dashboard, key: string): Promise<unknown> {
  const { text } = await dashboard.program.api('GET', `/monitors/${key}`)
  return (JSON.parse(text) as { labels: unknown }).labels
}

test('chosen monitors get a label after a preview that says what is left out and why', async () => {
  const { dashboard, page, errors } = await installation(3)
  await says(page, '4 monitors')
  await page.getByLabel('Choose all on this page').click()
  await says(page, '4 monitors chosen')
  await press(page, 'Labels …')
  await press(page, 'Show what would change')
  await says(page, /Something is missing/)
  await page.getByLabel('Label', { exact: true }).last().fill('team')
  await page.getByLabel('Value').fill('shop')
  await press(page, 'Show what would change')
  await says(page, '3 of 4 monitors would be changed; 1 is left out.')
  await page.getByRole('dialog').getByText(dashboard.home.file).first().waitFor()
  await says(page, 'labels.team')
  assert.deepEqual(await labelsOf(dashboard, 'job-1'), { n: '1' }, 'nothing is done before it was seen')
  await press(page, 'Change 3 monitors')
  await says(page, '3 of 4 monitors were changed; 1 is left out.')
  assert.deepEqual(await labelsOf(dashboard, 'job-1'), { n: '1', team: 'shop' })
  assert.deepEqual(await labelsOf(dashboard, 'owned'), {})
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  await page.getByText('monitors chosen').waitFor({ state: 'detached' })
  await says(page, 'team:shop')
  assert.deepEqual(errors, [])
})

test('all that a filter finds are paused, those on other pages too', async () => {
  const { dashboard, page } = await installation(250)
  await page.getByLabel('Label').selectOption('n:1')
  await says(page, '1–100 of 125 monitors')
  await page.getByLabel('Choose job-1', { exact: true }).click()
  await press(page, 'Choose all 125 that match')
  await says(page, 'All 125 monitors that match chosen')
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await press(page, 'Pause 125 monitors')
  await says(page, '125 of 125 monitors were changed.')
  const { text } = await dashboard.program.api('GET', '/monitors?status=paused&limit=1')
  assert.equal((JSON.parse(text) as { total: number }).total, 125)
})

test('what somebody else changed since the preview is told, and shown anew before it is done', async () => {
  const { dashboard, page } = await installation(2)
  await says(page, '3 monitors')
  await page.getByLabel('Choose job-1').click()
  await page.getByLabel('Choose job-2').click()
  await press(page, 'Delete')
  await says(page, '2 of 2 monitors would be changed.')
  await dashboard.program.api('PATCH', '/monitors/job-2', { description: 'still needed' })
  await press(page, 'Delete 2 monitors')
  await says(page, /job-2/)
  await says(page, /was changed/)
  assert.equal((await dashboard.program.api('GET', '/monitors/job-1')).status, 200)
  await press(page, 'Try again')
  await press(page, 'Delete 2 monitors')
  await says(page, '2 of 2 monitors were changed.')
  assert.equal((await dashboard.program.api('GET', '/monitors/job-1')).status, 404)
})
