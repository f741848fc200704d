// The style sheet of public pages: one column, light and dark, screen and paper, from 320 pixels up.
// Promises system fonts only, nothing fetched, nothing that moves, logical directions, so that it can be mirrored.
// Its colours are the palette's. A policy allows it by its hash: no style attribute works anywhere.
import { createHash } from 'node:crypto'
import { componentStatuses } from '#core/component.ts'
import { dark, light, type Theme } from './palette.ts'

function colours(theme: Theme): string {
  const own = componentStatuses.map(
    (status) => `.${status}{--mark:${theme.status[status]}}.answer.${status}{--tint:${theme.tint[status]}}`,
  )
  return `:root{--ground:${theme.ground};--raised:${theme.raised};--text:${theme.text};--muted:${theme.muted};
    --line:${theme.line};--link:${theme.link}}${own.join('')}`
}

const base = `
*{box-sizing:border-box}
html{color-scheme:light dark;-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0 auto;max-width:800px;padding:0 20px 40px;background:var(--ground);color:var(--text);
  font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
h1,h2,h3,p,ul,ol,dl,dd,pre{margin:0;padding:0}
h1,h2,h3{line-height:1.25;font-weight:600;text-wrap:balance}
ul,ol{list-style:none}
a{color:var(--link);text-underline-offset:.2em;text-decoration-thickness:1px}
a:focus-visible,summary:focus-visible,pre:focus-visible{outline:3px solid var(--link);outline-offset:2px;
  border-radius:4px}
time,.number{font-variant-numeric:tabular-nums}
.muted,.muted a{color:var(--muted)}
.small{font-size:.875rem}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.sprite{position:absolute;width:0;height:0}
`

const marks = `
.shape{width:1.125em;height:1.125em;flex:none;vertical-align:-.2em}
.shape.large{width:44px;height:44px}
symbol *{stroke-linecap:round;stroke-linejoin:round;stroke-width:1.7}
.m{fill:var(--mark)}.l{stroke:var(--mark)}.l:not(.m),.g,.q,.halo{fill:none}
.g{stroke:var(--behind,var(--ground))}.q{stroke:var(--text)}
.halo{stroke:var(--behind,var(--ground));stroke-width:5}
.h{fill:url(#hatch);stroke:var(--mark);stroke-width:1}
#hatch path{stroke:var(--mark);stroke-width:1.6;fill:none}
.state{white-space:nowrap}
.state .shape{margin-inline-end:.4em}
`

const head = `
header{padding-block:28px 8px}
.brand{font-weight:600;margin-block-end:16px}
.answer{--behind:var(--tint);display:flex;gap:18px;align-items:center;padding:22px 20px;border-radius:12px;
  background:var(--tint);border:1px solid var(--mark)}
.answer.unknown{border-style:dashed}
.answer h1{font-size:clamp(1.375rem,1.05rem + 1.6vw,1.75rem);letter-spacing:-.01em}
.lead{margin-block-start:16px}
.notice{margin-block-start:16px;padding:12px 20px;border:1px dashed var(--muted);border-radius:12px}
section{margin-block-start:36px}
h2{font-size:1.125rem;margin-block-end:12px}
.beside{display:flex;flex-wrap:wrap;gap:2px 16px;align-items:baseline;justify-content:space-between;
  margin-block-end:12px}
.beside h2{margin:0}
`

const components = `
.group{border:1px solid var(--line);border-radius:12px;margin-block-start:12px}
summary{padding:12px 19px;cursor:pointer;list-style:none;border-radius:11px}
summary::-webkit-details-marker{display:none}
.row.summary h3{position:relative;padding-inline-start:1.4em;font-size:1.0625rem}
.summary h3::before{content:"";position:absolute;inset-block-start:.44em;inset-inline-start:.15em;width:.45em;
  height:.45em;border:solid var(--muted);border-width:0 2px 2px 0;rotate:-45deg}
[open]>summary h3::before{inset-block-start:.25em;rotate:45deg}
summary:hover{background:var(--raised);--behind:var(--raised)}
.rows>li{padding:15px 19px 17px}
.rows>li+li,[open]>summary+.rows{border-block-start:1px solid var(--line)}
.row{display:flex;flex-wrap:wrap;gap:2px 20px;justify-content:space-between;align-items:baseline}
.row h3,.row h4{font-size:1rem;font-weight:600;line-height:1.4;margin:0;min-width:0}
.named{color:inherit;text-decoration-color:var(--muted)}
.named:hover{text-decoration-color:currentcolor}
.line{display:flex;gap:14px;align-items:center;margin-block-start:9px}
.bar{flex:1;min-width:0;direction:ltr;display:flex;justify-content:flex-end;overflow:hidden;overflow:clip}
.bar svg{flex:none;width:100%;height:28px;display:block;overflow:visible}
.bar path{stroke:var(--mark);stroke-width:5;fill:none}
.bar .unknown{stroke:url(#hatch)}
.bar .maintenance{stroke-width:1.6}
.bar a path{stroke:transparent;stroke-width:7;pointer-events:all}
.bar a:hover path{stroke:var(--text);stroke-opacity:.18}
.bar a:focus-visible{outline:none}
.bar a:focus-visible path{stroke:var(--link);stroke-opacity:.75}
.percent{width:92px;text-align:end;flex:none;white-space:nowrap;line-height:1.3}
.percent span:not(.hidden){display:block;color:var(--muted);font-size:.875rem}
.percent a{color:inherit;text-decoration-color:var(--line)}
.percent a:hover{text-decoration-color:currentcolor}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;margin-block-start:12px}
.legend li{display:inline-flex;gap:.5em;align-items:center}
.swatch{width:9px;height:15px}
.swatch path{stroke:var(--mark);stroke-width:9;fill:none}
.swatch .unknown{stroke:url(#hatch)}
.swatch .maintenance{stroke-width:1.6}
.phone{display:none}
`

const incidents = `
.incident{border:1px solid var(--line);border-radius:12px;padding:17px 19px;margin-block-start:12px}
.incident h3{display:flex;gap:.5em;align-items:flex-start}
.incident h3 .shape{margin-block-start:.0625em}
.updates{margin-block-start:12px;display:grid;grid-template-columns:auto 1fr;gap:0 20px}
.updates>li{display:grid;grid-column:1/-1;grid-template-columns:subgrid;padding-block:5px}
.updates>li>span{line-height:1.7}
.history>li{display:grid;grid-template-columns:6.5em 1fr;gap:4px 16px;padding-block:8px;
  border-block-start:1px solid var(--line)}
.history h3{white-space:nowrap;font-size:1rem;font-weight:400;color:var(--muted);line-height:1.5}
.history h4{font-size:1rem;font-weight:600;line-height:1.5;margin:0}
.past+.past{margin-block-start:12px}
p.past+p.past{margin-block-start:2px}
.past .updates{margin-block-start:4px}
.past .updates>li{padding-block:2px}
.past .updates>li>span{line-height:inherit}
.said>*+*,.said p+p{margin-block-start:8px}
.said>strong:first-child+p{display:inline}
.said ul,.said ol{padding-inline-start:1.4em;list-style:disc}
.said ol{list-style:decimal}
.said blockquote{margin:0;padding-inline-start:14px;border-inline-start:3px solid var(--line);color:var(--muted)}
.incident h4{margin-block-start:14px;font-size:1rem}
.permalink{color:inherit;text-decoration:none}
.permalink:hover{text-decoration:underline}
:target{background:var(--raised);--behind:var(--raised);outline:8px solid var(--raised);border-radius:4px}
.incident:target{outline:2px solid var(--link);border-radius:12px}
`

const others = `
table{border-collapse:collapse;width:100%}
caption{text-align:start;margin-block-end:12px}
th,td{text-align:start;vertical-align:baseline;padding:8px 12px 8px 0;border-block-start:1px solid var(--line);
  font-weight:400}
thead th{font-weight:600;border:0}
th:first-child{width:7em;white-space:nowrap}
th:nth-child(2){width:6em}
th:nth-child(2),td:nth-child(2){text-align:end;white-space:nowrap;padding-inline-end:24px}
pre{margin-block:12px;padding:16px 20px;background:var(--raised);border:1px solid var(--line);border-radius:12px;
  overflow:auto;font:.875rem/1.6 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;
  user-select:all;overflow-wrap:normal}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.9em}
pre code{font:inherit}
.steps p{margin-block-start:12px}
footer{margin-block-start:48px;padding-block-start:16px;border-block-start:1px solid var(--line);display:flex;
  flex-wrap:wrap;gap:4px 24px;justify-content:space-between}
`

const narrow = `
@media (max-width:600px){
body{padding-inline:16px}
header{padding-block-start:20px}
.answer{padding:16px;gap:14px;align-items:flex-start}
.shape.large{width:36px;height:36px}
summary,.rows>li,.incident{padding-inline:15px}
.desk{display:none}
.phone{display:inline}
.bar svg{width:301.923%}
.bar .older{display:none}
.line{gap:8px}
.percent{width:90px}
.incident .updates{grid-template-columns:1fr}
.history>li{grid-template-columns:6em 1fr;column-gap:12px}
.history h3{font-size:.9375rem;line-height:1.6;white-space:nowrap}
.answer .muted{font-size:.9375rem}
}
@media print{
:root{color-scheme:light}
body{max-width:none;padding:0}
.bar,.shape,.swatch{print-color-adjust:exact;-webkit-print-color-adjust:exact}
details::details-content{content-visibility:visible;display:block;block-size:auto}
.group,.incident,.history>li,.rows>li{break-inside:avoid}
.summary h3::before{display:none}
}
@media (forced-colors:active){
.shape,.bar,.swatch{forced-color-adjust:none}
.answer{border-color:currentcolor}
}
@media (prefers-reduced-motion:reduce){*{scroll-behavior:auto;transition:none;animation:none}}
`

const sheet = `${colours(light)}@media screen and (prefers-color-scheme:dark){${colours(dark)}}
${base}${marks}${head}${components}${incidents}${others}${narrow}`

/** What stands in `<style>`. */
export const style: string = sheet.replaceAll(/\n\s*/g, '')

/** Its hash, as a content security policy names it. */
export const styleHash: string = `sha256-${createHash('sha256').update(style).digest('base64')}`
