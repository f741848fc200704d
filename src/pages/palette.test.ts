// The colours, measured: contrast on each ground (WCAG 2) and, for a colour-blind eye, the distance between
// statuses (deuteranopia after Machado, Oliveira and Fernandes 2009, severity 1; CIE 1976 ΔE*ab).
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { componentStatuses } from '#core/component.ts'
import { dark, light } from './palette.ts'
import { style } from './style.ts'

type Triple = readonly [number, number, number]

const rgb = (hex: string): Triple => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255) as never
const linear = (hex: string): Triple =>
  rgb(hex).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as never
const multiply = (matrix: readonly Triple[], [x, y, z]: Triple): Triple =>
  matrix.map(([a, b, c]) => a * x + b * y + c * z) as never

const luminance = (hex: string): number => multiply([[0.2126, 0.7152, 0.0722]], linear(hex))[0]

function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

const deuteranopia: readonly Triple[] = [
  [0.367322, 0.860646, -0.227968],
  [0.280085, 0.672501, 0.047413],
  [-0.01182, 0.04294, 0.968881],
]
const toXyz: readonly Triple[] = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
]

function lab(colour: Triple): Triple {
  const [x, y, z] = multiply(toXyz, colour)
  const bend = (t: number) => (t > 216 / 24_389 ? Math.cbrt(t) : ((24_389 / 27) * t + 16) / 116)
  const [fx, fy, fz] = [bend(x / 0.95047), bend(y), bend(z / 1.08883)]
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)]
}

/** ΔE*ab between two colours as a deuteranope sees them. */
function apart(one: string, other: string): number {
  const seen = (hex: string) =>
    lab(multiply(deuteranopia, linear(hex)).map((part) => Math.min(1, Math.max(0, part))) as never)
  const [a, b] = [seen(one), seen(other)]
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
}

const severities = ['operational', 'degraded', 'partial_outage', 'major_outage'] as const

for (const [name, theme] of Object.entries({ light, dark })) {
  const grounds = [theme.ground, theme.raised]
  describe(`the ${name} palette`, () => {
    it('has text at 4.5:1 and more on every ground it stands on', () => {
      for (const ground of [...grounds, ...Object.values(theme.tint)]) {
        for (const text of [theme.text, theme.muted]) assert.ok(contrast(text, ground) >= 4.5, `${text} on ${ground}`)
      }
      for (const ground of grounds) assert.ok(contrast(theme.link, ground) >= 4.5, `${theme.link} on ${ground}`)
    })

    it('has marks at 3:1 and more on the page and on the tint of their status', () => {
      for (const status of componentStatuses) {
        for (const ground of [theme.ground, theme.tint[status]]) {
          assert.ok(contrast(theme.status[status], ground) >= 3, `${status} on ${ground}`)
        }
      }
    })

    it('keeps the severities apart for a deuteranope: the closest two by ΔE 13 and more', () => {
      for (const [index, one] of severities.entries()) {
        for (const other of severities.slice(index + 1)) {
          const distance = apart(theme.status[one], theme.status[other])
          assert.ok(distance >= 13, `${one} and ${other}: ${distance.toFixed(1)}`)
        }
      }
    })

    it('gets darker with severity, so that bars also read in grey', () => {
      const lightness = severities.map((status) => lab(linear(theme.status[status]))[0])
      assert.deepEqual(
        lightness,
        lightness.toSorted((one, other) => other - one),
      )
    })

    it('is the one that the style sheet uses', () => {
      for (const status of componentStatuses) assert.ok(style.includes(`.${status}{--mark:${theme.status[status]}}`))
      for (const colour of [theme.ground, theme.text, theme.muted, theme.link]) assert.ok(style.includes(colour))
    })
  })
}

describe('the measurement', () => {
  it('finds the usual amber and orange to be one colour for a deuteranope, as was published', () => {
    assert.equal(Math.round(apart('#b87413', '#c46518')), 1)
  })

  it('finds black on white at 21:1', () => {
    assert.equal(Math.round(contrast('#000000', '#ffffff')), 21)
  })
})
