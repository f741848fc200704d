// The dashboard in a test: the real program with the built files, and a browser in which somebody is signed in.
// Promises that the files are built once for all tests of a run, and that everything is closed with its owner.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { type Home, openHome, type Owner, type Program } from '../../program/program.ts'

const root = join(import.meta.dirname, '../../..')
export const owner = { name: 'Ann', email: 'ann@corp.test', password: 'seven quiet lanterns' }
const waitMs = 15_000

let built = false
/** Builds the dashboard as it is now. */
export function build(): void {
  if (built) return
  execFileSync(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'error'], {
    cwd: root,
    stdio: 'pipe',
  })
  built = true
}

export interface Dashboard {
  readonly home: Home
  readonly program: Program
  /** The link for the first owner. */
  readonly link: string
  /** A fresh page of a fresh visitor, with what went wrong in it. */
  page(browser: Browser, options?: BrowserContextOptions): Promise<Seen>
}

export interface Seen {
  readonly page: Page
  /** Errors of scripts, and what the policy kept from being done. */
  readonly errors: string[]
}

export async function openDashboard(t: Owner, config?: string): Promise<Dashboard> {
  build()
  const home = openHome(t, config)
  const program = await home.start()
  const link = /^\s*(http:\S+\/app\/setup#[\w-]{43})$/m.exec(program.stdout())?.[1] ?? ''
  return {
    home,
    program,
    link,
    async page(browser, options = {}) {
      const context = await browser.newContext({ baseURL: program.url, ...options })
      t.after(() => context.close())
      const page = await context.newPage()
      page.setDefaultTimeout(waitMs)
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(String(error)))
      page.on('console', (message) => {
        if (/Content Security Policy|Refused to/.test(message.text())) errors.push(message.text())
      })
      return { page, errors }
    },
  }
}

const cookiesOf = new WeakMap<Dashboard, Awaited<ReturnType<BrowserContext['cookies']>>>()

/** Signs the page in as the owner; the account is made by the link when somebody first wants it. */
export async function enter(dashboard: Dashboard, page: Page): Promise<void> {
  const known = cookiesOf.get(dashboard)
  if (known !== undefined) return page.context().addCookies(known)
  const token = dashboard.link.split('#')[1] ?? ''
  const made = await page.request.post(`${dashboard.program.url}/api/v2/setup`, {
    headers: { 'x-allswell-csrf': '1' },
    data: { token, ...owner },
  })
  if (!made.ok()) throw new Error(`nobody could enter: ${await made.text()}`)
  cookiesOf.set(dashboard, await page.context().cookies())
}

/** Opens a screen, and waits until its title is there. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(`/app${path}`)
  await page.waitForSelector('h1')
}

/** Waits until all that a screen asked for has come. What is streamed to it goes on. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector('h1, h2')
  await page.locator('.loading').first().waitFor({ state: 'detached' })
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
}
