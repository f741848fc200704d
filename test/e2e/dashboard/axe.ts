// What axe finds on a page, in one line each, and whether a page is wider than its window.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}

/** What axe finds; `only`: by these rules alone. */
export async function faults(page: Page, only: readonly string[] = []): Promise<string[]> {
  if (!(await page.evaluate(`'axe' in window`))) await page.evaluate(axe)
  const options = { resultTypes: ['violations'], ...(only.length > 0 ? { runOnly: only } : {}) }
  const found = (await page.evaluate(
    `(async () => (await axe.run(document, ${JSON.stringify(options)})).violations)()`,
  )) as readonly Violation[]
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))
}

export const isWide = (page: Page) => page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')
