// The public page in a real browser, without JavaScript: fits every width, asks nobody for anything, is heard as it
// is seen, and shows a change when it is loaded again.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { dark, light } from '#pages/palette.ts'
import { pageHandler } from '#pages/handler.ts'
import { openPages } from '#pages/serve.ts'
import { systemClock } from '#platform/clock.ts'
import { silentLog } from '#platform/log.ts'
import { openBrowser, withPage } from '#test/browser.ts'
import { type GoldenPage, goldenPages, goldenView } from '#test/golden-pages.ts'

/** Each golden page under its own name, and `changing`, which a test may exchange. */
const shown: Record<string, GoldenPage> = { ...goldenPages, changing: goldenPages['all-well'] }
const load = async (slug: string | null) => {
  const golden = slug === null ? undefined : shown[slug]
  return golden === undefined ? null : { ...(await goldenView(golden)), key: slug ?? '' }
}
const pages = openPages({ clock: systemClock, log: silentLog, load })
const handle = pageHandler(pages)
const server = createServer((request, response) => {
  if (!handle(request, response)) response.writeHead(404).end()
})

let browser: Browser
let origin = ''
before(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  server.close()
  server.closeAllConnections()
})

interface Visit {
  readonly page: Page
  /** Every request that was made, and everything that the browser complained of. */
  readonly requests: readonly string[]
  readonly complaints: readonly string[]
}

function visit<Result>(
  path: string,
  use: (visit: Visit) => Promise<Result>,
  options: BrowserContextOptions = {},
): Promise<Result> {
  return withPage(browser, options, async (page) => {
    const requests: string[] = []
    const complaints: string[] = []
    page.on('request', (request) => requests.push(request.url()))
    page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`))
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(origin + path)
    return use({ page, requests, complaints })
  })
}

const at = (width: number): BrowserContextOptions => ({ viewport: { width, height: 800 } })

/** What sticks out of the page sideways, by its class or name. */
const overflowing = (page: Page): Promise<string[]> =>
  page.evaluate(`(() => {
    const width = document.documentElement.clientWidth
    const clipped = (element) => element.closest('.bar, .hidden, .sprite, pre')
    const out = [...document.body.querySelectorAll('*')].filter((element) => {
      const box = element.getBoundingClientRect()
      return !clipped(element) && box.width > 0 && (box.right > width + 0.5 || box.left < -0.5)
    })
    const names = out.map((element) => element.tagName + '.' + element.getAttribute('class'))
    if (document.documentElement.scrollWidth > width) names.push('the whole page')
    return names
  })()`)

/** The sizes of all text that is seen, px. */
const textSizes = (page: Page): Promise<number[]> =>
  page.evaluate(`(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const sizes = new Set()
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.data.trim() === '' || node.parentElement.closest('svg')) continue
      sizes.add(parseFloat(getComputedStyle(node.parentElement).fontSize))
    }
    return [...sizes]
  })()`)

const paths = [...Object.keys(goldenPages).map((name) => `/p/${name}`), '/', '/p/nothing', '/p/thirty/days/shop-api']

describe('every public document', () => {
  for (const path of paths) {
    it(`(${path}) fits 320, 390 and 1280 pixels without scrolling sideways, in text of 14 and more`, async () => {
      for (const width of [320, 390, 1_280]) {
        await visit(
          path,
          async ({ page }) => {
            assert.deepEqual(await overflowing(page), [], `at ${width}`)
            assert.ok(Math.min(...(await textSizes(page))) >= 13.9, `at ${width}`)
          },
          at(width),
        )
      }
    })

    it(`(${path}) is one request and no complaint`, async () => {
      await visit(path, async ({ page, requests, complaints }) => {
        assert.deepEqual(requests, [origin + path])
        assert.deepEqual(
          complaints.filter((text) => !text.includes('404')),
          [],
        )
        assert.equal(await page.evaluate(`getComputedStyle(document.body).maxWidth`), '800px')
        assert.deepEqual(await page.context().cookies(), [])
      })
    })
  }
})

describe('the public page', () => {
  it('is heard as it is seen: landmarks, headings, statuses and sums', async () => {
    await visit('/p/one-outage', async ({ page }) => {
      const heard = (await page.locator('body').ariaSnapshot()).replaceAll("'", '')
      for (const words of [
        '- banner:',
        '- heading "2 of 6 components have problems" [level=1]',
        '- main:',
        '- region "Happening now: 2 incidents":',
        '- heading "Payments: major outage" [level=3]',
        '- region "Components":',
        '- heading "Web shop" [level=4]',
        '- paragraph: Operational',
        '- paragraph: Major outage',
        '- link "99.98 % over 90 days; 1 incident. Day by day"',
        '- link "12 Nov: major outage 14 min"',
        '- region "Past incidents":',
        '- contentinfo:',
      ]) {
        assert.ok(heard.includes(words), `${words}\n${heard}`)
      }
      assert.doesNotMatch(heard, /- img|link ""|button ""/)
    })
  })

  it('follows the light or dark that the reader prefers', async () => {
    const ground = (colorScheme: 'light' | 'dark') =>
      visit('/p/all-well', ({ page }) => page.evaluate(`getComputedStyle(document.body).backgroundColor`), {
        colorScheme,
      })
    const rgb = (hex: string) =>
      `rgb(${[1, 3, 5].map((part) => Number.parseInt(hex.slice(part, part + 2), 16)).join(', ')})`
    assert.equal(await ground('light'), rgb(light.ground))
    assert.equal(await ground('dark'), rgb(dark.ground))
  })

  it('opens and closes a group by the keyboard, without a script', async () => {
    await visit('/p/thirty', async ({ page }) => {
      const row = page.getByRole('heading', { name: 'Shop website', exact: true })
      assert.equal(await row.isVisible(), false)
      await page.locator('summary').first().focus()
      await page.keyboard.press('Enter')
      assert.equal(await row.isVisible(), true)
    })
  })

  it('shows where the focus is', async () => {
    await visit('/p/all-well', async ({ page }) => {
      await page.keyboard.press('Tab')
      const outline = `getComputedStyle(document.activeElement).outlineStyle`
      assert.equal(await page.evaluate(outline), 'solid')
    })
  })

  it('shows ninety days on a desk and thirty on a phone', async () => {
    const days = (width: number) =>
      visit(
        '/p/all-well',
        ({ page }) =>
          page.evaluate(`(() => {
            const bar = document.querySelector('.bar').getBoundingClientRect()
            const svg = document.querySelector('.bar svg').getBoundingClientRect()
            return Math.round(90 * bar.width / svg.width) + (Math.abs(bar.right - svg.right) < 1 ? ' to today' : '')
          })()`),
        at(width),
      )
    assert.equal(await days(1_280), '90 to today')
    assert.equal(await days(390), '30 to today')
  })

  it('leads from a percent to the table of days and back', async () => {
    await visit('/p/one-outage', async ({ page }) => {
      await page.getByRole('link', { name: '99.98 % over 90 days' }).first().click()
      assert.equal(new URL(page.url()).pathname, '/p/one-outage/days/web-shop')
      assert.equal(await page.getByRole('row').count(), 91)
      await page.getByRole('link', { name: 'All components' }).click()
      assert.equal(new URL(page.url()).pathname, '/p/one-outage')
    })
  })

  it('shows a change when it is loaded again, and costs no body when there is none', async () => {
    await visit('/p/changing', async ({ page }) => {
      assert.equal(await page.locator('h1').innerText(), 'All systems operational')
      shown['changing'] = goldenPages['one-outage']
      pages.invalidate()
      await page.reload()
      assert.equal(await page.locator('h1').innerText(), '2 of 6 components have problems')
    })
  })

  it('prints with every group open', async () => {
    await visit('/p/thirty', async ({ page }) => {
      await page.emulateMedia({ media: 'print' })
      const height = await page
        .getByRole('heading', { name: 'Shop website', exact: true, includeHidden: true })
        .boundingBox()
      assert.ok((height?.height ?? 0) > 0)
    })
  })

  it('can be mirrored for languages that are written from right to left', async () => {
    await visit(
      '/p/thirty',
      async ({ page }) => {
        await page.evaluate(`document.documentElement.dir = 'rtl'`)
        assert.deepEqual(await overflowing(page), [])
      },
      at(390),
    )
  })
})
