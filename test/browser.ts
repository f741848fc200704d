// A real browser for tests: the system's Chromium, or the one that the checkout brings.
// Promises that it is closed whatever happens, and that pages run without JavaScript unless a test asks for it.
import { existsSync } from 'node:fs'
import bundled from '@sparticuz/chromium'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const system = '/usr/bin/chromium'
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Of the checkout's own: one process dies with its first closed context, and no test wants a lax browser. */
const bearable = (flag: string) => !/single-process|web-security|insecure-content|site-isolation/.test(flag)

/** A headless browser. The caller closes it; `withPage` does so by itself. */
export async function openBrowser(): Promise<Browser> {
  if (existsSync(system)) return chromium.launch({ executablePath: system, headless: true, args: quiet })
  const executablePath = await bundled.executablePath()
  return chromium.launch({ executablePath, headless: true, args: [...bundled.args.filter(bearable), ...quiet] })
}

/** A fresh page without JavaScript, closed after `use`. */
export async function withPage<Result>(
  browser: Browser,
  options: BrowserContextOptions,
  use: (page: Page) => Promise<Result>,
): Promise<Result> {
  const context = await browser.newContext({ javaScriptEnabled: false, ...options })
  try {
    const page = await context.newPage()
    page.setDefaultTimeout(10_000)
    return await use(page)
  } finally {
    await context.close()
  }
}
