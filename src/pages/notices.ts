// The documents that stand where no page does: nothing published yet, no such page, and data that cannot be read.
// Promises that each says what to do next. Must not know the store.
import { type Html, html } from '#platform/html.ts'
import { frame } from './frame.ts'

/** What says only that something is missing so far looks again by itself. */
const refreshSeconds = 60

const example = `version: 1
monitors:
  website:
    http: { url: "https://example.com/" }
pages:
  main:
    title: Example status
    groups:
      - name: Website
        components:
          - { name: Website, monitors: website }
`

/** For a server without pages, or a page without components. Not a page's own words: nobody has written any. */
export function renderEmpty(title: string | null): string {
  const what = title === null ? 'No page' : 'No component of this page'
  return notice({
    brand: title ?? 'Allswell',
    refresh: refreshSeconds,
    answer: 'Nothing is published here yet',
    under: html`The server is running and waits for a page to show.`,
    main: html`<section class="steps">
      <h2>Put something here</h2>
      <p>${what} has been set up so far. Write this into <code>allswell.yaml</code>, with your own address:</p>
      <pre tabindex="0" role="region" aria-label="An example configuration"><code>${example}</code></pre>
      <p>
        Then start the server with it, <code>allswell serve --config allswell.yaml</code>. If it runs with this file
        already, <code>kill -HUP</code> its process: it reads the file again. The page appears here.
      </p>
    </section>`,
  })
}

export function renderMissing(): string {
  return notice({
    brand: 'Allswell',
    answer: 'There is no page at this address',
    under: html`It may have been renamed or taken away.`,
    main: html`<section class="steps">
      <p>Check the address for a slip, or see <a href="/">the main page</a>.</p>
    </section>`,
  })
}

/** For the time before anything could be read at all. */
export function renderAway(): string {
  return notice({
    brand: 'Allswell',
    refresh: refreshSeconds,
    answer: 'Status unknown',
    under: html`What is watched here cannot be read at the moment.`,
    main: html`<section class="steps">
      <p>
        This page cannot say how things are. It says nothing about the services themselves: they may well be working.
        Load it again in a minute.
      </p>
    </section>`,
  })
}

function notice(parts: { brand: string; answer: string; under: Html; main: Html; refresh?: number }): string {
  return frame({
    ...parts,
    title: `${parts.answer} – ${parts.brand}`,
    description: parts.answer,
    status: 'unknown',
    foot: html``,
  })
}
