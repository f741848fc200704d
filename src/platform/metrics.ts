// Counters, gauges and histograms, and how Prometheus reads them (text format 0.0.4).
// Promises bounded memory: label values come from closed lists, never from users. Must not know who counts.

export type Labels = Readonly<Record<string, string>>

interface Series {
  readonly labels: Labels
  value: number
}

type Reading = () => number | Iterable<readonly [Labels, number]>

interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  collect(): Iterable<readonly [suffix: string, labels: Labels, value: number]>
}

export interface Counter {
  add(by?: number, labels?: Labels): void
  value(labels?: Labels): number
  /** One series, shown from 0 on, for paths where even looking up the labels costs too much. */
  of(labels: Labels): { add(by?: number): void }
}

export interface Observer {
  observe(value: number): void
  /** The value below which the share `q` lies, to the upper border of its bucket. */
  quantile(q: number): number
}

const escape = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
const spell = (labels: Labels) => {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`)
  return parts.length > 0 ? `{${parts.join(',')}}` : ''
}

export class Metrics {
  readonly #families = new Map<string, Family>()

  counter(name: string, help: string): Counter {
    const series = new Map<string, Series>()
    this.#add({
      name,
      help,
      type: 'counter',
      *collect() {
        for (const one of series.values()) yield ['', one.labels, one.value]
      },
    })
    const find = (labels: Labels) => {
      const key = spell(labels)
      const one = series.get(key) ?? { labels, value: 0 }
      series.set(key, one)
      return one
    }
    return {
      add(by = 1, labels = {}) {
        find(labels).value += by
      },
      value: (labels = {}) => series.get(spell(labels))?.value ?? 0,
      of(labels) {
        const one = find(labels)
        return {
          add(by = 1) {
            one.value += by
          },
        }
      },
    }
  }

  /** A gauge is read when it is collected; `read` gives one value or one per label set. */
  gauge(name: string, help: string, read: Reading): void {
    this.#read('gauge', name, help, read)
  }

  /** What somebody else counts, read when it is collected; it never goes back. */
  counted(name: string, help: string, read: Reading): void {
    this.#read('counter', name, help, read)
  }

  #read(type: 'gauge' | 'counter', name: string, help: string, read: Reading): void {
    this.#add({
      name,
      help,
      type,
      *collect() {
        const now = read()
        if (typeof now === 'number') yield ['', {}, now]
        else for (const [labels, value] of now) yield ['', labels, value]
      },
    })
  }

  /** `borders` ascending; values above the last fall into +Inf. */
  histogram(name: string, help: string, borders: readonly number[]): Observer {
    const counts = new Array<number>(borders.length + 1).fill(0)
    let sum = 0
    this.#add({
      name,
      help,
      type: 'histogram',
      *collect() {
        let seen = 0
        for (const [index, count] of counts.entries()) {
          seen += count
          yield ['_bucket', { le: String(borders[index] ?? '+Inf') }, seen]
        }
        yield ['_sum', {}, sum]
        yield ['_count', {}, seen]
      },
    })
    return {
      observe(value) {
        let index = 0
        while (index < borders.length && value > (borders[index] ?? 0)) index += 1
        counts[index] = (counts[index] ?? 0) + 1
        sum += value
      },
      quantile(q) {
        const total = counts.reduce((one, other) => one + other, 0)
        let seen = 0
        for (const [index, count] of counts.entries()) {
          seen += count
          if (seen >= q * total) return borders[index] ?? Number.POSITIVE_INFINITY
        }
        return 0
      },
    }
  }

  #add(family: Family): void {
    if (this.#families.has(family.name)) throw new Error(`metric ${family.name} exists already`)
    this.#families.set(family.name, family)
  }

  /** The whole exposition, ending with a line feed. */
  expose(): string {
    const lines: string[] = []
    for (const family of this.#families.values()) {
      lines.push(`# HELP ${family.name} ${family.help}`, `# TYPE ${family.name} ${family.type}`)
      for (const [suffix, labels, value] of family.collect())
        lines.push(`${family.name}${suffix}${spell(labels)} ${value}`)
    }
    return `${lines.join('\n')}\n`
  }
}
