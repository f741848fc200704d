// Stories of forms: one thing of every kind is made by its form, what steps of an HTTP check hold is written in boxes,
// and two people who change one thing see what each has changed.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { openBrowser } from '#test/browser.ts'
import { type FormSpec, nodeOf } from '../../../src/dashboard/form/model.ts'
import type { Owner } from '../../program/program.ts'
import { inside, press, says, type Service, service } from './acting.ts'
import { type Dashboard, open, openDashboard } from './rig.ts'

// Within, so that what is started here runs while these tests do and no longer.
describe('forms of every kind in a browser', () => {
  let browser: Browser
  let dashboard: Dashboard
  let target: Service
  const closing: (() => unknown)[] = []
  const all: Owner = { after: (work) => void closing.unshift(work as () => unknown) }
  before(async () => {
    browser = await openBrowser()
    closing.push(() => browser.close())
    target = await service(all)
    dashboard = await openDashboard(all)
  })
  after(async () => {
    for (const close of closing) await close()
  })

  const spec = async (path: string) => JSON.parse((await dashboard.program.api('GET', path)).text) as { spec: unknown }
  const field = (page: Page, label: string) => page.locator('.form').getByLabel(label, { exact: true }).first()

  /** Fills what stands in front of a kind's form as its own example has it; what is more than a word is chosen. */
  async function fill(page: Page, { kind, schema, example }: FormSpec['kinds'][number]): Promise<void> {
    await field(page, 'Name').fill(`One of ${kind}`)
    for (const [name, value] of Object.entries(example ?? {})) {
      const inner = schema.properties?.[name] ?? {}
      const node = nodeOf(inner)
      const input = field(page, inner.title ?? name)
      if (node.is === 'monitors') {
        await press(page, 'By key')
        await page.getByLabel('Key or pattern of a monitor').fill('one-of-http')
        await page.keyboard.press('Enter')
      } else if (node.is === 'either' && schema.required?.includes(name)) await input.selectOption({ index: 1 })
      else if (node.is === 'select') await input.selectOption(String(value))
      else if (typeof value === 'string') await input.fill(value)
    }
  }

  test('one of every kind is made by its form', async () => {
    const { page, errors } = await inside(browser, dashboard, '/monitors/new')
    const { text } = await dashboard.program.api('GET', '/schemas')
    const { kinds } = (JSON.parse(text) as { monitor: FormSpec }).monitor
    assert.ok(kinds.length >= 20)
    for (const kind of kinds) {
      await open(page, `/monitors/new?kind=${kind.kind}`)
      await fill(page, kind)
      await press(page, 'Make the monitor')
      await Promise.race([
        page.waitForURL(`**/app/monitors/one-of-${kind.kind}`),
        page
          .locator('.wrong, .notice.bad')
          .first()
          .waitFor()
          .then(async () =>
            assert.fail(`${kind.kind}: ${(await page.locator('.wrong, .notice.bad').allTextContents()).join(' ')}`),
          ),
      ])
    }
    assert.deepEqual(errors, [])
  })

  test('steps of an HTTP check are written, moved and taken away, and what they extract is kept', async () => {
    const { page, errors } = await inside(browser, dashboard, '/monitors/new?kind=http')
    await field(page, 'Name').fill('Basket')
    await page.getByText('More of HTTP').click()
    await press(page, '+ Step')
    await press(page, '+ Step')
    const step = (number: number) => page.getByRole('region', { name: `Step ${number}`, exact: true })
    await step(1).getByLabel('URL', { exact: true }).fill(`${target.url}/second`)
    await step(2).getByLabel('URL', { exact: true }).fill(`${target.url}/first`)
    await step(2).getByRole('button', { name: '+ Extract' }).click()
    await step(2).getByRole('button', { name: '+ Extract' }).last().click()
    await step(2).getByLabel('Name of Extract 1').fill('word')
    await step(2).getByLabel('Value', { exact: true }).selectOption({ label: 'Pattern' })
    await step(2).getByLabel('Pattern', { exact: true }).fill('h(.*)o')
    await step(2).getByRole('button', { name: 'Move Step 2 up' }).click()
    assert.equal(await step(1).getByLabel('Name of Extract 1').inputValue(), 'word')
    await press(page, '+ Step')
    await step(3).getByRole('button', { name: 'Remove Step 3' }).click()
    await press(page, 'Check now')
    await says(page, /^Up in /)
    await press(page, 'Make the monitor')
    await page.waitForURL('**/app/monitors/basket')
    assert.deepEqual((await spec('/monitors/basket')).spec, {
      name: 'Basket',
      http: {
        steps: [
          { url: `${target.url}/first`, extract: { word: { regex: 'h(.*)o' } } },
          { url: `${target.url}/second` },
        ],
      },
    })
    assert.deepEqual(errors, [])
  })

  test('who is overtaken sees both versions, and loses nothing by a restart in between', async () => {
    await dashboard.program.api('PUT', '/monitors/both', { name: 'Both', http: { url: target.url }, interval: '30s' })
    const { page, errors } = await inside(browser, dashboard, '/monitors/both/edit')
    await field(page, 'Interval').fill('5m')
    await dashboard.program.api('PATCH', '/monitors/both', { interval: '10m', description: 'by <i>somebody</i>' })
    await page.context().setOffline(true)
    await press(page, 'Save')
    await says(page, /The server cannot be reached/)
    assert.equal(await field(page, 'Interval').inputValue(), '5m')
    await page.context().setOffline(false)
    await press(page, 'Save')
    const told = page.getByRole('alert', { name: 'Somebody else changed it' })
    await told.getByText('by <i>somebody</i>').waitFor()
    assert.match((await told.textContent()) ?? '', /interval30s10m5m/)
    await press(page, 'Keep mine')
    await press(page, 'Save')
    await page.waitForURL('**/app/monitors/both')
    assert.deepEqual((await spec('/monitors/both')).spec, {
      name: 'Both',
      http: { url: target.url },
      interval: '5m',
      description: 'by <i>somebody</i>',
    })
    assert.deepEqual(errors, [])
  })

  test('a rule and a page are made by ticking and choosing', async () => {
    const { page, errors } = await inside(browser, dashboard, '/channels/new?kind=webhook')
    await field(page, 'Name').fill('Chat')
    await field(page, 'URL').fill(target.url)
    await press(page, 'Send a test')
    await says(page, /It arrived/)
    await press(page, 'Make the channel')
    await page.waitForURL('**/app/channels')
    await open(page, '/rules/new')
    await field(page, 'Name').fill('Nights')
    await press(page, 'By key')
    await page.getByLabel('Key or pattern of a monitor').fill('one-of-h*')
    await page.keyboard.press('Enter')
    await says(page, /monitors? now:/)
    await page.getByLabel(/^Chat/).check()
    await page.getByLabel('degraded').check()
    await press(page, 'Make the rule')
    await page.waitForURL('**/app/rules')
    assert.deepEqual((await spec('/rules/nights')).spec, {
      name: 'Nights',
      monitors: 'one-of-h*',
      tell: 'chat',
      on: ['down', 'up', 'degraded'],
    })
    await open(page, '/pages/new')
    await field(page, 'Title').fill('Status of everything')
    await press(page, '+ Group')
    await press(page, '+ Component')
    await page.getByRole('region', { name: 'Component 1' }).getByLabel('Name', { exact: true }).fill('All of it')
    await press(page, 'All')
    await press(page, 'Make the status page')
    await page.getByRole('heading', { name: 'Status of everything' }).waitFor()
    assert.match((await dashboard.program.ask('/')).text, /All of it/)
    assert.deepEqual(errors, [])
  })

  test('10,000 characters are refused at their field; scripts, emoji and Arabic are a name like others', async () => {
    const { page, errors } = await inside(browser, dashboard, '/monitors/new?kind=http')
    const odd = '<script>window.hit=1</script> مرحبا 🔥 gnirts <img src=x onerror=window.hit=1>'
    await field(page, 'Name').fill('x'.repeat(10_000))
    await field(page, 'Key').fill('odd')
    await field(page, 'URL').fill(target.url)
    await press(page, 'Make the monitor')
    await page.locator('.cell').first().locator('.wrong').waitFor()
    assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false)
    await field(page, 'Name').fill(odd)
    await press(page, '+ Label')
    await page.getByLabel('Name of Label 1').fill('team')
    await page.getByLabel('Value of Label 1').fill(odd)
    await press(page, 'Make the monitor')
    await page.waitForURL('**/app/monitors/odd')
    assert.equal(await page.locator('h1').textContent(), odd)
    assert.equal(await page.evaluate('window.hit'), undefined)
    assert.deepEqual(errors, [])
  })
})
