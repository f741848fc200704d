// Stories of people: single sign-on by a real identity provider, and what its groups let somebody do.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { systemClock } from '#platform/clock.ts'
import { openBrowser } from '#test/browser.ts'
import { client, openProvider } from '#test/oidc-provider.ts'
import type { Owner } from '../../program/program.ts'
import { press, says } from './acting.ts'
import { openDashboard } from './rig.ts'

// Within, so that what is started here runs while these tests do and no longer.
describe('people in a browser', () => {
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

  test('somebody signs in by single sign-on as what their groups say, and who is in none is turned away', async () => {
    const provider = await openProvider(() => systemClock.now())
    closing.unshift(() => provider.close())
    const dashboard = await openDashboard(
      all,
      `version: 1
monitors:
  shop: { heartbeat: { every: 1h }, labels: { team: shop } }
  pay: { heartbeat: { every: 1h }, labels: { team: pay } }
sign_in:
  oidc:
    issuer: ${provider.issuer}
    client_id: ${client.id}
    client_secret: ${JSON.stringify(client.secret)}
    name: Staff login
    groups: { shop-dev: { role: editor, labels: { team: shop } } }
`,
    )
    const { page, errors } = await dashboard.page(browser)
    provider.claims = { email: 'mia@corp.test', email_verified: true, name: 'Mia', groups: ['nobody-knows'] }
    await page.goto('/app/monitors')
    await page.getByRole('link', { name: 'Sign in with Staff login' }).click()
    await says(page, /nobody has given you access here/)
    provider.claims = { ...provider.claims, groups: ['shop-dev'] }
    await page.goto('/app/monitors')
    await page.getByRole('link', { name: 'Sign in with Staff login' }).click()
    await page.waitForURL('**/app/monitors')
    await says(page, /^1 monitor$/)
    assert.equal(await page.getByText('pay', { exact: true }).count(), 0)
    await page.goto('/app/settings')
    await says(page, /editor: changes monitors/)
    await says(page, 'monitors with team shop')
    await press(page, 'Sign out')
    await page.getByRole('link', { name: 'Sign in with Staff login' }).waitFor()
    assert.deepEqual(errors, [])
  })
})
