// The states that screens are seldom in: the server away, failing or slow, an order that waits, open dialogs.
// Axe finds nothing in any of them, in light, dark or on a phone, and what is said is what is the matter.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '#test/browser.ts'
import type { Owner } from '../../program/program.ts'
import { faults, isWide } from './axe.ts'
import { type Dashboard, enter, open, openDashboard, settled } from './rig.ts'

let browser: Browser
let dashboard: Dashboard
const closing: (() => unknown)[] = []
const all: Owner = { after: (work) => void closing.unshift(work as () => unknown) }
const names = ['alpha', 'beta', 'gamma']
before(async () => {
  browser = await openBrowser()
  closing.push(() => browser.close())
  dashboard = await openDashboard(all)
  for (const name of names)
    await dashboard.program.api('PUT', `/monitors/${name}`, { heartbeat: { every: '1h' }, labels: { team: name } })
})
after(async () => {
  for (const close of closing) await close()
})

const says = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor()
const desk = { width: 1280, height: 800 }
const phone = { width: 360, height: 740 }

async function inside(path: string): Promise<Page> {
  const { page } = await dashboard.page(browser, { viewport: desk, colorScheme: 'light' })
  await enter(dashboard, page)
  await open(page, path)
  return page
}

/** What is wrong with the page as it stands, in light, in the dark and on a phone. */
async function wrongs(page: Page): Promise<string[]> {
  const found = (await faults(page)).map((fault) => `light: ${fault}`)
  await page.emulateMedia({ colorScheme: 'dark' })
  for (const fault of await faults(page, ['color-contrast'])) found.push(`dark: ${fault}`)
  await page.setViewportSize(phone)
  for (const fault of await faults(page, ['color-contrast', 'target-size'])) found.push(`phone: ${fault}`)
  if (await isWide(page)) found.push('wider than a phone')
  await page.setViewportSize(desk)
  await page.emulateMedia({ colorScheme: 'light' })
  return found
}

test('a server that fails is told of where it fails, and asked again by itself', async () => {
  const page = await inside('/')
  await settled(page)
  let failing = true
  await page.route('**/api/v2/**', (route) =>
    failing ? route.fulfill({ status: 500, contentType: 'text/html', body: 'oops' }) : route.continue(),
  )
  await page.evaluate(`window.dispatchEvent(new Event('online'))`)
  await says(page, 'The server cannot answer just now.')
  assert.deepEqual(await wrongs(page), [])
  await page.getByRole('link', { name: 'Monitors' }).first().click()
  await says(page, 'The server answered 500')
  assert.deepEqual(await wrongs(page), [])
  failing = false
  await says(page, '3 monitors')
  await page.getByText('The server cannot answer').waitFor({ state: 'detached' })
  await page.getByText('The server answered 500').waitFor({ state: 'detached' })
})

test('whoever comes while nobody answers enters as soon as somebody does', async () => {
  const { page } = await dashboard.page(browser, { viewport: desk })
  await enter(dashboard, page)
  let away = true
  await page.route('**/api/v2/me', (route) => (away ? route.abort() : route.continue()))
  await open(page, '/monitors')
  await says(page, 'Not reachable')
  assert.deepEqual(await wrongs(page), [])
  away = false
  await says(page, '3 monitors')
})

test('a list that takes its time keeps its place, and tells no figures that are not known', async () => {
  const { page } = await dashboard.page(browser, { viewport: desk, colorScheme: 'light' })
  await enter(dashboard, page)
  const answer = Promise.withResolvers<void>()
  await page.route('**/api/v2/monitors?*', async (route) => {
    await answer.promise
    await route.continue()
  })
  await open(page, '/monitors')
  await page.waitForSelector('.skeleton')
  assert.equal(await page.getByRole('button', { name: /^Down/ }).textContent(), 'Down–')
  assert.deepEqual(await wrongs(page), [])
  answer.resolve()
  await says(page, '3 monitors')
})

test('dialogs and bars over the list are as good as the list', async () => {
  const page = await inside('/monitors?label=team:alpha')
  await says(page, '1 monitor')
  await page.getByRole('button', { name: 'Save this view' }).click()
  assert.deepEqual(await wrongs(page), [], 'saving a view')
  await page.keyboard.press('Escape')
  await page.getByLabel('Choose all on this page').click()
  assert.deepEqual(await wrongs(page), [], 'what is chosen')
  await page.getByRole('button', { name: 'Labels …' }).click()
  assert.deepEqual(await wrongs(page), [], 'what to enter')
  await page.getByLabel('Label', { exact: true }).last().fill('tier')
  await page.getByLabel('Value').fill('1')
  await page.getByRole('button', { name: 'Show what would change' }).click()
  await says(page, '1 of 1 monitor would be changed.')
  assert.deepEqual(await wrongs(page), [], 'what would change')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').getByRole('option').first().waitFor()
  assert.deepEqual(await wrongs(page), [], 'the palette')
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  await says(page, 'Row before')
  assert.deepEqual(await wrongs(page), [], 'the keys')
})
