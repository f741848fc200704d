// TOML, as far as configuration files of other programs use it: tables, lists of tables, strings, numbers, lists.
// Promises the line of what cannot be read, and bounded work. Must not know what a file is for. Pure.

export type Toml = string | number | boolean | readonly Toml[] | TomlTable
export interface TomlTable {
  readonly [name: string]: Toml
}

/** What is wrong, and in which line. */
export class TomlFault extends Error {
  override readonly name = 'TomlFault'
}

type Open = { [name: string]: Toml | Open | Open[] }
const depthMost = 50

/** Throws TomlFault. */
export function readToml(text: string): TomlTable {
  return new Reader(text).document()
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n')
  }

  document(): TomlTable {
    const root = table()
    let here = root
    for (;;) {
      this.#blank(true)
      if (this.#at >= this.#text.length) return root
      if (this.#text.startsWith('[[', this.#at)) here = this.#listTable(root)
      else if (this.#peek() === '[') here = this.#table(root)
      else this.#pair(here)
      this.#endOfLine()
    }
  }

  #listTable(root: Open): Open {
    this.#at += 2
    const path = this.#path()
    this.#expect(']]')
    const last = path.pop() ?? ''
    const parent = this.#into(root, path)
    const list = (parent[last] ??= []) as Open[]
    if (!Array.isArray(list)) throw this.#fault(`${last} is no list of tables`)
    const made = table()
    list.push(made)
    return made
  }

  #table(root: Open): Open {
    this.#at += 1
    const path = this.#path()
    this.#expect(']')
    return this.#into(root, path)
  }

  #pair(here: Open, depth = 0): void {
    const path = this.#path()
    const last = path.pop() ?? ''
    this.#blank(false)
    this.#expect('=')
    this.#blank(false)
    const target = this.#into(here, path)
    if (Object.hasOwn(target, last)) throw this.#fault(`${last} is there twice`)
    target[last] = this.#value(depth)
  }

  #into(root: Open, path: readonly string[]): Open {
    let here = root
    for (const name of path) {
      const found = (here[name] ??= table())
      const next = Array.isArray(found) ? found.at(-1) : found
      if (typeof next !== 'object' || Array.isArray(next)) throw this.#fault(`${name} is no table`)
      here = next as Open
    }
    return here
  }

  #path(): string[] {
    const names: string[] = []
    for (;;) {
      this.#blank(false)
      names.push(this.#name())
      this.#blank(false)
      if (names.length > depthMost) throw this.#fault('it is too deep')
      if (this.#peek() !== '.') return names
      this.#at += 1
    }
  }

  #name(): string {
    if (this.#peek() === '"' || this.#peek() === "'") return this.#string()
    return this.#take(/[A-Za-z0-9_-]+/y) ?? this.#refuse('a name is expected')
  }

  #value(depth: number): Toml {
    if (depth > depthMost) throw this.#fault('it is too deep')
    const first = this.#peek()
    if (first === '"' || first === "'") return this.#string()
    if (first === '[') return this.#list(depth)
    if (first === '{') return this.#inline(depth)
    const word = this.#take(/[^\s,\]}#]+/y) ?? this.#refuse('a value is expected')
    if (word === 'true' || word === 'false') return word === 'true'
    if (/^[+-]?(\d[\d_]*)(\.\d[\d_]*)?([eE][+-]?\d+)?$/.test(word)) return Number(word.replaceAll('_', ''))
    if (/^0[xob][\da-fA-F_]+$/.test(word)) return Number(word.replaceAll('_', ''))
    // Dates are given as they stand.
    return /^\d{4}-\d\d-\d\d|^\d\d:\d\d/.test(word) ? word : this.#refuse(`${JSON.stringify(word)} is no value`)
  }

  #list(depth: number): Toml[] {
    this.#at += 1
    const items: Toml[] = []
    for (;;) {
      this.#blank(true)
      if (this.#peek() === ']') break
      items.push(this.#value(depth + 1))
      this.#blank(true)
      if (this.#peek() === ',') this.#at += 1
      else if (this.#peek() !== ']') this.#refuse('a comma or ] is expected')
    }
    this.#at += 1
    return items
  }

  #inline(depth: number): TomlTable {
    this.#at += 1
    const made = table()
    for (;;) {
      this.#blank(false)
      if (this.#peek() === '}') break
      this.#pair(made, depth + 1)
      this.#blank(false)
      if (this.#peek() === ',') this.#at += 1
      else if (this.#peek() !== '}') this.#refuse('a comma or } is expected')
    }
    this.#at += 1
    return made
  }

  #string(): string {
    const quote = this.#peek()
    const triple = quote.repeat(3)
    if (this.#text.startsWith(triple, this.#at)) {
      const end = this.#text.indexOf(triple, this.#at + 3)
      if (end < 0) throw this.#fault('this text has no end')
      const raw = this.#text.slice(this.#at + 3, end).replace(/^\n/, '')
      this.#at = end + 3
      return quote === '"' ? this.#unescape(raw.replaceAll(/\\\n\s*/g, '')) : raw
    }
    const pattern = quote === '"' ? /"((?:[^"\\\n]|\\.)*)"/y : /'([^'\n]*)'/y
    const whole = this.#take(pattern) ?? this.#refuse('this text has no end')
    const raw = whole.slice(1, -1)
    return quote === '"' ? this.#unescape(raw) : raw
  }

  #unescape(raw: string): string {
    return raw.replaceAll(/\\(u[\da-fA-F]{4}|U[\da-fA-F]{8}|[\s\S])/g, (_, escape: string) => {
      if (escape.length > 1) return String.fromCodePoint(Math.min(Number.parseInt(escape.slice(1), 16), 0x10_ffff))
      const plain = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', '"': '"', '\\': '\\' }[escape]
      return plain ?? this.#refuse(`\\${escape} means nothing`)
    })
  }

  /** Blanks and comments, and lines that hold nothing else. */
  #blank(lines: boolean): void {
    this.#take(lines ? /(?:\s|#[^\n]*)*/y : /[ \t]*/y)
  }

  #endOfLine(): void {
    this.#take(/[ \t]*(?:#[^\n]*)?/y)
    if (this.#at < this.#text.length && this.#peek() !== '\n') this.#refuse('the line should end here')
  }

  #peek(): string {
    return this.#text[this.#at] ?? ''
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at
    const [found] = pattern.exec(this.#text) ?? []
    if (found === undefined) return null
    this.#at += found.length
    return found
  }

  #expect(text: string): void {
    if (!this.#text.startsWith(text, this.#at)) this.#refuse(`${text} is expected`)
    this.#at += text.length
  }

  #refuse(why: string): never {
    throw this.#fault(why)
  }

  #fault(why: string): TomlFault {
    return new TomlFault(`line ${this.#text.slice(0, this.#at).split('\n').length}: ${why}`)
  }
}

const table = (): Open => Object.create(null) as Open
