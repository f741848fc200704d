// Stories of trouble: something breaks and recovers, somebody takes it on from a phone, silences keep it quiet, and
// every message says why it was sent.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { openBrowser } from '#test/browser.ts'
import type { WebhookSink } from '#test/webhook-sink.ts'
import { webFace } from '../../program/faces.ts'
import type { Owner } from '../../program/program.ts'
import { inside, press, says, type Service, service } from './acting.ts'
import { type Dashboard, open, openDashboard } from './rig.ts'

// Within, so that what is started here runs while these tests do and no longer.
describe('trouble in a browser', () => {
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

  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

  /** A service answers so from now on, and is looked at: nothing else happens, however slow the machine is. */
  async function turn(dashboard: Dashboard, key: 'shop' | 'pay', well: boolean): Promise<void> {
    watched[key].well(well)
    const { status, text } = await dashboard.program.api('POST', `/monitors/${key}/run`)
    assert.equal(status, 200, text)
  }

  let watched: { shop: Service; pay: Service; sink: WebhookSink; dashboard: Dashboard }
  before(async () => {
    const [shop, pay, sink] = [await service(all), await service(all), await webFace(all)]
    const patient = 'interval: 5m, timeout: 30s, fail_after: 1'
    const dashboard = await openDashboard(
      all,
      `version: 1
monitors:
  shop: { name: Web shop, http: { url: "${shop.url}/" }, ${patient}, labels: { team: shop } }
  pay: { name: Payments, http: { url: "${pay.url}/" }, ${patient}, labels: { team: pay } }
channels:
  chat: { webhook: { url: "${sink.url}" } }
rules:
  everything: { monitors: "*", tell: chat, on: [down, up] }
`,
    )
    watched = { shop, pay, sink, dashboard }
  })

  test('what breaks is on the home screen at once, is taken on from a phone, and says who was told', async () => {
    const { dashboard } = watched
    const { page, errors } = await inside(browser, dashboard, '/', phone)
    for (const key of ['shop', 'pay'] as const) await turn(dashboard, key, true)
    await says(page, /All’s well: 2 monitors up/)
    await turn(dashboard, 'pay', false)
    await says(page, 'Broken now')
    await says(page, /It answered 503/)
    await press(page, 'Acknowledge with a note')
    await page.getByRole('textbox', { name: 'Note' }).fill('Ann looks at it <b>now</b> 🔧')
    await page.getByRole('dialog').getByRole('button', { name: 'Acknowledge', exact: true }).click()
    await says(page, /Acknowledged by ann@corp\.test.*<b>now<\/b> 🔧/)
    await page.getByLabel('Snooze Payments').selectOption('4h')
    await says(page, /Quiet until .*, by ann@corp\.test/)
    await press(page, 'End the snooze')
    await page.getByLabel('Snooze Payments').waitFor()
    await turn(dashboard, 'pay', true)
    await page.getByText('Broken now').waitFor({ state: 'detached' })
    await open(page, '/events?monitor=pay')
    await page
      .getByRole('link', { name: /^Down( after|$)/ })
      .first()
      .click()
    await says(page, 'Who was told, and why')
    await says(page, /It was seen once/)
    await page.getByRole('link', { name: 'Delivered' }).first().click()
    await page.getByRole('heading', { name: /^To chat, about/ }).waitFor()
    await press(page, 'Send again')
    await says(page, 'It is on its way again.')
    assert.deepEqual(errors, [])
  })

  interface Silence {
    readonly id: number
    readonly until: string
  }

  async function silenceNow(dashboard: Dashboard): Promise<Silence> {
    const { text } = await dashboard.program.api('GET', '/silences?state=active')
    const [one] = (JSON.parse(text) as { items: readonly Silence[] }).items
    assert.ok(one, 'there is a silence in force')
    return one
  }

  async function changeElsewhere(dashboard: Dashboard): Promise<void> {
    const { id } = await silenceNow(dashboard)
    const { status, text } = await dashboard.program.api('PATCH', `/silences/${id}`, { reason: 'moved elsewhere' })
    assert.equal(status, 200, text)
  }

  test('trouble is taken on and put off from the row of the list', async () => {
    const { dashboard } = watched
    await turn(dashboard, 'pay', false)
    const { page, errors } = await inside(browser, dashboard, '/monitors')
    const row = page.locator('#row-pay')
    await row.hover()
    await row.getByRole('button', { name: 'Acknowledge', exact: true }).click()
    await row.getByTitle('Acknowledged by ann@corp.test').waitFor()
    await row.getByLabel('Snooze Payments').selectOption('1h')
    await row.getByText('Snoozed').waitFor()
    await row.getByRole('button', { name: 'End the snooze' }).click()
    await row.getByText('Snoozed').waitFor({ state: 'detached' })
    assert.equal(await page.locator('#row-shop').getByRole('button').count(), 0, 'nothing is wrong with it')
    await turn(dashboard, 'pay', true)
    assert.deepEqual(errors, [])
  })

  test('a silence is seen before it is made, keeps trouble quiet, and tells what still lasts at its end', async () => {
    const { sink, dashboard } = watched
    const { page, errors } = await inside(browser, dashboard, '/silences')
    await says(page, 'Nothing is silenced')
    await press(page, 'New silence')
    await press(page, 'Silence them')
    await says(page, /Choose which ones/)
    await press(page, 'By label')
    await press(page, '+ Label')
    await page.getByLabel('Name of Label 1').fill('team')
    await page.getByLabel('Value of Label 1').fill('sh*')
    await says(page, '1 monitor now:')
    await page.getByLabel('Why').fill('The shop moves')
    await press(page, 'Silence them')
    await says(page, 'monitors with team:sh*')
    await says(page, 'covers 1 monitor now')
    await press(page, /^Change the silence/)
    const until = page.getByLabel('Until')
    await until.fill('2001-01-01T00:00')
    await press(page, 'Save')
    await page.getByRole('alert').waitFor()
    const later = new Date(Date.now() + 86_400_000 * 40).toISOString().slice(0, 16)
    await until.fill(later)
    await page.getByRole('dialog').getByLabel('Why').fill('The shop moves far')
    await changeElsewhere(dashboard)
    await press(page, 'Save')
    await says(page, /Somebody changed it meanwhile: .*\(moved elsewhere\)/)
    await press(page, 'Save')
    await says(page, 'The shop moves far')
    const ends = await page.evaluate(`new Date('${later}').toISOString()`)
    assert.equal((await silenceNow(dashboard)).until, ends)
    await open(page, '/monitors')
    await page.locator('#row-shop').getByText('Silenced').waitFor()
    assert.equal(await page.locator('#row-pay').getByText('Silenced').count(), 0)
    await open(page, '/monitors/shop')
    await says(page, /Nobody is told of trouble with it: silence \d+ of .*far/)
    await page.getByRole('link', { name: 'Messages' }).last().click()
    await says(page, 'Who would be told')
    await says(page, /Nobody is told of trouble with it now: silence/)
    await page.getByRole('cell', { name: 'Yes' }).waitFor()
    await turn(dashboard, 'shop', false)
    await open(page, '/')
    await says(page, 'Broken now')
    await open(page, '/events?monitor=shop&type=monitor.down')
    await page
      .getByRole('link', { name: /^Down( after|$)/ })
      .first()
      .click()
    await says(page, /silence/i)
    assert.ok(!sink.requests.some(({ body }) => body.includes('Web shop')))
    await open(page, '/silences')
    await press(page, 'End it')
    await says(page, 'Nothing is silenced')
    await page.getByRole('link', { name: 'Over', exact: true }).click()
    await says(page, /ended by ann@corp\.test/)
    await sink.waitFor(({ body }) => body.includes('Web shop'))
    assert.deepEqual(errors, [])
  })
})
