// What stories do again and again: a service that answers as it is told, pages of people who are signed in, and words
// that are waited for and pressed.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { Owner } from '../../program/program.ts'
import { type Dashboard, enter, open } from './rig.ts'

export interface Service {
  readonly url: string
  /** From now on it answers well, or not. */
  well(is: boolean): void
}

/** A web service: `/broken` is always broken, all else as long as it is not well. */
export async function service(t: Owner): Promise<Service> {
  let isWell = true
  const server = createServer((request, response) => {
    const status = request.url === '/broken' || !isWell ? 503 : 200
    response.writeHead(status, { 'content-type': 'text/plain' }).end('hello')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    well: (is) => {
      isWell = is
    },
  }
}

/** A page of the owner at a path. */
export async function inside(
  browser: Browser,
  dashboard: Dashboard,
  path: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; errors: string[] }> {
  const seen = await dashboard.page(browser, options)
  await enter(dashboard, seen.page)
  await open(seen.page, path)
  return seen
}

export const says = (page: Page, text: string | RegExp): Promise<void> => page.getByText(text).first().waitFor()
export const press = (page: Page, name: string | RegExp): Promise<void> =>
  page.getByRole('button', { name }).first().click()
