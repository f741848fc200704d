// The page behind a link in a message: what is wrong, and one large button. For a phone, at night, without signing in.
// Promises that it works without scripts, fetches nothing, and that whatever people wrote is shown as text.
import { createHash } from 'node:crypto'
import { html, type Html, raw } from '#platform/html.ts'

const style = `
:root{color-scheme:light dark;--text:#171b22;--muted:#59616e;--ground:#fff;--deed:#2a4bc4;--on:#fff}
@media (prefers-color-scheme:dark){:root{--text:#e8eaee;--muted:#a3abb8;--ground:#111418;--deed:#8fa8ff;--on:#111418}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:34rem;padding:1.5rem 1.25rem;background:var(--ground);color:var(--text);
  font:1.0625rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
h1{margin:0 0 .5rem;font-size:1.375rem;line-height:1.25}
p{margin:0 0 1rem}
.muted{color:var(--muted)}
button{display:block;width:100%;min-height:3.5rem;margin:1.5rem 0;padding:.75rem 1rem;border:0;border-radius:.5rem;
  background:var(--deed);color:var(--on);font:inherit;font-size:1.1875rem;font-weight:600;cursor:pointer}
button:focus-visible{outline:3px solid var(--text);outline-offset:3px}
`

const styleHash = createHash('sha256').update(style).digest('base64')

export const headers: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
  'content-security-policy':
    `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; ` +
    `frame-ancestors 'none'`,
}

export interface Shown {
  readonly title: string
  /** A sentence each. */
  readonly lines: readonly string[]
  /** What pressing the button does; null: there is nothing to do. */
  readonly button: string | null
}

export function drawPage({ title, lines, button }: Shown): string {
  const form: Html | null =
    button === null
      ? null
      : html`<form method="post">
          <button type="submit">${button}</button>
        </form>`
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        ${raw(`<style>${style}</style>`)}
      </head>
      <body>
        <main>
          <h1 dir="auto">${title}</h1>
          ${lines.map((line) => html`<p dir="auto">${line}</p>`)} ${form}
          <p class="muted">Allswell</p>
        </main>
      </body>
    </html> `.text
}
