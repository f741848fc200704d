// Reading what a request gives, by rules as Cachet's clients know them; all faults are told at once, in its words.
// Promises that a value is used only when it is what it should be, and that an empty text counts as not given.
import { textIn } from './given.ts'
import type { Given } from './ports.ts'
import { type Detail, Wrong } from './wrong.ts'

interface Bounds {
  readonly least?: number
  readonly most?: number
}

const words = (name: string) => name.replaceAll('_', ' ')

export class Rules {
  readonly #given: Given
  readonly #details: Detail[] = []

  constructor(given: Given) {
    this.#given = given
  }

  has(name: string): boolean {
    return this.#value(name) !== undefined
  }

  /** Complains of names that are not given. */
  needs(...names: readonly string[]): this {
    for (const name of names) if (!this.has(name)) this.wrong(name, `The ${words(name)} field is required.`)
    return this
  }

  text(name: string, { most = 10_000 }: Bounds = {}): string | undefined {
    const value = this.#value(name)
    if (value === undefined) return undefined
    if (typeof value !== 'string' && typeof value !== 'number')
      return this.wrong(name, `The ${words(name)} must be a string.`)
    const text = textIn(value)
    if (text.length > most) return this.wrong(name, `The ${words(name)} may not be greater than ${most} characters.`)
    return text
  }

  /** As `text`, where an empty one means that there is none from now on. */
  clearable(name: string, bounds: Bounds = {}): string | null | undefined {
    const raw = this.#given[name]
    return raw === null || (typeof raw === 'string' && raw.trim() === '') ? null : this.text(name, bounds)
  }

  int(name: string, { least = -2_147_483_648, most = 2_147_483_647 }: Bounds = {}): number | undefined {
    const value = this.#value(name)
    if (value === undefined) return undefined
    const number =
      typeof value === 'boolean' ? Number(value) : /^[+-]?\d{1,15}$/.test(textIn(value)) ? Number(value) : Number.NaN
    if (!Number.isInteger(number)) return this.wrong(name, `The ${words(name)} must be an integer.`)
    if (number < least) return this.wrong(name, `The ${words(name)} must be at least ${least}.`)
    if (number > most) return this.wrong(name, `The ${words(name)} may not be greater than ${most}.`)
    return number
  }

  number(name: string): number | undefined {
    const value = this.#value(name)
    if (value === undefined) return undefined
    const number =
      typeof value === 'number'
        ? value
        : /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i.test(textIn(value))
          ? Number(value)
          : Number.NaN
    if (!Number.isFinite(number)) return this.wrong(name, `The ${words(name)} must be a number.`)
    return number
  }

  flag(name: string): boolean | undefined {
    const value = this.#value(name)
    if (value === undefined) return undefined
    const word = textIn(value).toLowerCase()
    if (['true', '1', 'yes', 'on'].includes(word)) return true
    if (['false', '0', 'no', 'off'].includes(word)) return false
    return this.wrong(name, `The ${words(name)} field must be true or false.`)
  }

  url(name: string): string | null | undefined {
    const text = this.clearable(name, { most: 2_000 })
    if (text === null || text === undefined) return text
    if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text
    return this.wrong(name, `The ${words(name)} format is invalid.`)
  }

  /** `read` gives epoch ms, or null for what is no time. */
  moment(name: string, read: (text: string) => number | null): number | undefined {
    const text = this.text(name, { most: 100 })
    if (text === undefined) return undefined
    return read(text) ?? this.wrong(name, `The ${words(name)} is not a valid date.`)
  }

  list(name: string): readonly unknown[] | undefined {
    const value = this.#value(name)
    if (value === undefined) return undefined
    if (Array.isArray(value)) return value.slice(0, 1_000)
    if (typeof value === 'object' && value !== null) return Object.values(value).slice(0, 1_000)
    return this.wrong(name, `The ${words(name)} must be an array.`)
  }

  /** Names and values; a list without entries is one without names. */
  mapping(name: string): Given | undefined {
    const value = this.#value(name)
    if (value === undefined) return undefined
    if (Array.isArray(value)) return Object.fromEntries(value.slice(0, 100).entries())
    if (typeof value === 'object' && value !== null) return { ...value }
    return this.wrong(name, `The ${words(name)} must be an array.`)
  }

  raw(name: string): unknown {
    return this.#value(name)
  }

  wrong(field: string, message: string): undefined {
    this.#details.push({ field, message })
    return undefined
  }

  /** Throws when anything was wrong. */
  done(): void {
    if (this.#details.length > 0) throw new Wrong(400, '', { details: this.#details })
  }

  #value(name: string): unknown {
    const value = Object.hasOwn(this.#given, name) ? this.#given[name] : undefined
    if (value === null || value === undefined) return undefined
    if (typeof value !== 'string') return value
    const text = value.trim()
    return text === '' ? undefined : text
  }
}
