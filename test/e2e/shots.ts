// Takes pictures of the public pages to look at: `node test/e2e/shots.ts FOLDER [name …]`.
// Promises each golden page, light and dark, wide and narrow, as PNG. No test: it judges nothing.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { aged } from '#pages/model.ts'
import { renderEmpty, renderMissing } from '#pages/notices.ts'
import { renderDays } from '#pages/render-days.ts'
import { renderPage } from '#pages/render.ts'
import { goldenNow, goldenPages, goldenView } from '#test/golden-pages.ts'
import { openBrowser, withPage } from '#test/browser.ts'

const [folder, ...wanted] = process.argv.slice(2)
if (folder === undefined) {
  process.stderr.write('Name the folder for the pictures: node test/e2e/shots.ts FOLDER [name …]\n')
  process.exit(2)
}

const documents = new Map<string, string>([
  ['empty', renderEmpty(null)],
  ['missing', renderMissing()],
])
for (const [name, golden] of Object.entries(goldenPages)) documents.set(name, renderPage(await goldenView(golden)))
const outage = await goldenView(goldenPages['one-outage'])
documents.set('away', renderPage(aged(outage, goldenNow + 8 * 60_000)))
const [, payments] = outage.groups[0]?.components ?? []
if (payments) documents.set('days', renderDays(outage, payments))

mkdirSync(folder, { recursive: true })
const browser = await openBrowser()
try {
  for (const [name, html] of documents) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [size, width] of [
        ['wide', 1280],
        ['phone', 390],
      ] as const) {
        const options = { colorScheme, viewport: { width, height: 800 }, deviceScaleFactor: size === 'phone' ? 2 : 1 }
        const path = join(folder, `${name}-${colorScheme}-${size}.png`)
        await withPage(browser, options, async (page) => {
          await page.setContent(html)
          await page.screenshot({ path, fullPage: true })
        })
      }
    }
  }
} finally {
  await browser.close()
}
