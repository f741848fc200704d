// Many monitors at once: chosen in the list or by its filters, shown first, then changed, with what was left out.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { openBrowser } from '#test/browser.ts'
import type { Owner } from '../../program/program.ts'
import { type Dashboard, enter, open, openDashboard } from './rig.ts'

// Within, so that what is started here runs while these tests do and no longer.
describe('changing many in a browser', () => {
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

  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

  /** So many monitors made by people, and one that a file owns. */
  async function installation(
    many: number,
    look: BrowserContextOptions = {},
  ): Promise<{ dashboard: Dashboard; page: Page; errors: string[] }> {
    const dashboard = await openDashboard(all, 'version: 1\nmonitors:\n  owned: { heartbeat: { every: 1h } }\n')
    for (let number = 1; number <= many; number += 1) {
      const spec = { heartbeat: { every: '1h' }, labels: { n: String(number % 2) } }
      const { status, text } = await dashboard.program.api('PUT', `/monitors/job-${number}`, spec)
      assert.equal(status, 201, text)
    }
    const { page, errors } = await dashboard.page(browser, look)
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

  test('one row taken out of all that match is the only one that stays as it is', async () => {
    const { dashboard, page, errors } = await installation(120)
    await page.getByLabel('Label').selectOption('n:0')
    await says(page, '60 monitors')
    await page.getByLabel('Choose job-2', { exact: true }).click()
    await press(page, 'Choose all 60 that match')
    await page.getByLabel('Choose job-4', { exact: true }).click()
    await says(page, 'All 60 monitors that match but 1 chosen')
    assert.equal(await page.getByLabel('Choose job-2', { exact: true }).isChecked(), true)
    assert.equal(await page.getByLabel('Choose job-4', { exact: true }).isChecked(), false)
    await press(page, 'Interval and patience …')
    await page.getByLabel('Setting').selectOption('fail_after')
    await page.getByLabel('New value').fill('4')
    await press(page, 'Show what would change')
    await says(page, '59 of 59 monitors would be changed.')
    await says(page, 'and 9 further monitors')
    await page.getByRole('region', { name: 'What changes' }).getByText('fail_after').first().waitFor()
    await press(page, 'Change 59 monitors')
    await says(page, '59 of 59 monitors were changed.')
    const spec = async (key: string) => (await dashboard.program.api('GET', `/monitors/${key}`)).text
    assert.match(await spec('job-2'), /"fail_after":4/)
    assert.doesNotMatch(await spec('job-4'), /"fail_after":4/)
    assert.deepEqual(errors, [])
  })

  test('on a phone all that match are chosen, and one of them taken out, by a thumb', async () => {
    const { page } = await installation(3, phone)
    await press(page, 'Choose all')
    await says(page, 'All 4 monitors chosen')
    await page.getByLabel('Choose job-2', { exact: true }).tap()
    await says(page, 'All 4 monitors but 1 chosen')
    await page.getByRole('button', { name: 'Pause', exact: true }).tap()
    await press(page, 'Pause 3 monitors')
    await says(page, '3 of 3 monitors were changed.')
    const [wide, shown] = (await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')) as [
      number,
      number,
    ]
    assert.ok(wide <= shown, 'nothing sticks out at the side')
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
})
