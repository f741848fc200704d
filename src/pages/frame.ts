// Frame: what every public document has around its content: head, style, shapes, footer.
// Promises a complete document that fetches nothing, runs nothing and sets nothing. Must not know what is in it.
import type { ComponentStatus } from '#core/component.ts'
import { type Html, html, raw } from '#platform/html.ts'
import { dark, light } from './palette.ts'
import { icon, shape, sprite } from './shapes.ts'
import { style, styleHash } from './style.ts'

export interface Frame {
  /** Of the browser's tab. */
  readonly title: string
  readonly description: string
  /** The name over everything, and where it leads when it is a link. */
  readonly brand: string
  readonly home?: string
  readonly status: ComponentStatus
  /** After so many seconds the document loads itself again; left out: never. */
  readonly refresh?: number
  /** The sentence that is read first, and the line under it. */
  readonly answer: string
  readonly under: Html
  readonly lead?: Html | null
  readonly main: Html
  /** What belongs into the head beside the usual. */
  readonly links?: Html
  readonly foot: Html
}

/** Allows the one style sheet and the icon, and nothing else. */
export const policy = [
  "default-src 'none'",
  `style-src '${styleHash}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const sheet = raw(`<style>${style}</style>`)

export function frame(parts: Frame): string {
  const brand = parts.home === undefined ? html`${parts.brand}` : html`<a href="${parts.home}">${parts.brand}</a>`
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${parts.refresh !== undefined && html`<meta http-equiv="refresh" content="${String(parts.refresh)}" />`}
        <title>${parts.title}</title>
        <meta name="description" content="${parts.description}" />
        <meta name="theme-color" content="${light.ground}" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="${dark.ground}" media="(prefers-color-scheme: dark)" />
        <link rel="icon" href="${icon(parts.status)}" />
        ${sheet} ${parts.links}
      </head>
      <body>
        ${sprite}
        <header>
          <p class="brand" dir="auto">${brand}</p>
          <div class="answer ${parts.status}">
            ${shape(parts.status, 'large')}
            <div>
              <h1>${parts.answer}</h1>
              <p class="muted">${parts.under}</p>
            </div>
          </div>
          ${parts.lead}
        </header>
        <main>${parts.main}</main>
        <footer class="muted small">
          <p>${parts.foot}</p>
          <p>Watched by Allswell</p>
        </footer>
      </body>
    </html> `.text
}

/** A moment for people and for programs. */
export const moment = (at: number, text: string): Html =>
  html`<time datetime="${new Date(at).toISOString().replace('.000', '')}">${text}</time>`
