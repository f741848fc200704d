// The dashboard's style and weight: the public page's colours, readable text on every ground, and a small first load.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { dark, light } from '#pages/palette.ts'
import { build } from './rig.ts'

const root = join(import.meta.dirname, '../../..')
const tokens = readFileSync(join(root, 'src/dashboard/style/tokens.css'), 'utf8')

/** A colour of the style sheet in both themes. */
function colour(name: string): readonly [string, string] {
  const found = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(tokens)
  assert.ok(found, name)
  return [found[1] ?? '', found[2] ?? '']
}

test('its colours are those of the public page, which are measured there', () => {
  const both = (of: (theme: typeof light) => string) => [of(light), of(dark)]
  for (const name of ['ground', 'raised', 'text', 'muted', 'line', 'link'] as const)
    assert.deepEqual(
      colour(name),
      both((theme) => theme[name]),
      name,
    )
  for (const [name, status] of [
    ['up', 'operational'],
    ['degraded', 'degraded'],
    ['down', 'major_outage'],
    ['maintenance', 'maintenance'],
    ['unknown', 'unknown'],
  ] as const) {
    assert.deepEqual(
      colour(name),
      both(({ status: marks }) => marks[status]),
      name,
    )
    if (name !== 'unknown')
      assert.deepEqual(
        colour(`${name}-tint`),
        both(({ tint }) => tint[status]),
        `${name}-tint`,
      )
  }
})

const part = (hex: string, at: number) => {
  const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}
const luminance = (hex: string) => 0.2126 * part(hex, 1) + 0.7152 * part(hex, 3) + 0.0722 * part(hex, 5)
function contrast(one: string, other: string): number {
  const [less = 0, more = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (more + 0.05) / (less + 0.05)
}

test('its own colours can be read: text at 4.5:1, edges of fields at 3:1', () => {
  for (const theme of [0, 1] as const) {
    const is = (name: string) => colour(name)[theme]
    for (const ground of ['ground', 'raised', 'line', 'down-tint'])
      assert.ok(contrast(is('danger'), is(ground)) >= 4.5, `danger on ${ground}`)
    assert.ok(contrast(is('on-link'), is('link')) >= 4.5, 'on-link on link')
    for (const ground of ['ground', 'raised']) assert.ok(contrast(is('edge'), is(ground)) >= 3, `edge on ${ground}`)
    for (const ground of ['ground', 'raised', 'line']) assert.ok(contrast(is('text'), is(ground)) >= 4.5)
  }
})

/** The scripts that the browser has before it shows the screen whose file begins so, with all they import. */
function loadedFor(folder: string, screen: string): string[] {
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  const all = readdirSync(join(folder, 'assets')).filter((name) => name.endsWith('.js'))
  const wanted = [...page.matchAll(/assets\/([\w.-]+\.js)/g)].map(([, name = '']) => name)
  wanted.push(...all.filter((name) => name.startsWith(`${screen}-`)))
  assert.ok(wanted.length > 1, 'the page names its scripts, and the screen has one')
  const loaded = new Set<string>()
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    if (loaded.has(name)) continue
    loaded.add(name)
    const text = readFileSync(join(folder, 'assets', name), 'utf8')
    for (const [, imported = ''] of text.matchAll(/(?:from|import)\s*"\.\/([\w.-]+\.js)"/g)) wanted.push(imported)
  }
  return [...loaded]
}

test('its first load is far below 100 kB of compressed script, and all screens together are small', () => {
  build()
  const folder = join(root, 'dist/dashboard')
  const weigh = (names: readonly string[]) =>
    names.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, 'assets', name))).length, 0)
  const first = weigh(loadedFor(folder, 'home'))
  assert.ok(first <= 60_000, `${first} bytes for home`)
  const all = weigh(readdirSync(join(folder, 'assets')).filter((name) => name.endsWith('.js')))
  assert.ok(all <= 160_000, `${all} bytes in all`)
})
