// Tells a story on a terminal: chapters, and under each what happened when. Colours only where they are wanted.
// Promises one line for each happening, aligned. Must not know what happens.
import { systemClock } from '#platform/clock.ts'

export interface Teller {
  chapter(title: string): void
  tell(kind: Kind, text: string): void
}

const colours = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, grey: 90, bold: 1 } as const
type Colour = keyof typeof colours

const looks = {
  start: ['starts', 'grey'],
  break: ['breaks', 'yellow'],
  mend: ['mended', 'yellow'],
  swap: ['changes', 'yellow'],
  down: ['DOWN', 'red'],
  degraded: ['DEGRADED', 'yellow'],
  changed: ['CHANGED', 'blue'],
  up: ['UP', 'green'],
  page: ['page', 'blue'],
  webhook: ['webhook', 'magenta'],
  mail: ['mail', 'cyan'],
  beat: ['beats', 'grey'],
  kill: ['KILLED', 'red'],
  note: ['', 'grey'],
} as const satisfies Readonly<Record<string, readonly [word: string, colour: Colour]>>

/** What kind of happening a line tells; each has its word and its colour. */
export type Kind = keyof typeof looks

export interface Paper {
  write(text: string): void
}

export class Terminal implements Teller {
  readonly #paper: Paper
  readonly #coloured: boolean
  readonly #began = systemClock.monotonic()
  #chapters = 0

  constructor(paper: Paper, coloured: boolean) {
    this.#paper = paper
    this.#coloured = coloured
  }

  title(title: string, lead: string): void {
    this.#paper.write(`\n  ${this.#paint('bold', title)}\n  ${lead}\n`)
  }

  chapter(title: string): void {
    this.#chapters += 1
    this.#paper.write(`\n  ${this.#paint('bold', `${this.#chapters}  ${title}`)}\n`)
  }

  tell(kind: Kind, text: string): void {
    const [word, colour] = looks[kind]
    const seconds = ((systemClock.monotonic() - this.#began) / 1_000).toFixed(1).padStart(6)
    this.#paper.write(`  ${this.#paint('grey', `${seconds} s`)}  ${this.#paint(colour, word.padEnd(8))} ${text}\n`)
  }

  finding(holds: boolean, claim: string): void {
    this.#paper.write(`     ${holds ? this.#paint('green', '✓') : this.#paint('red', '✗')} ${claim}\n`)
  }

  verdict(well: boolean, text: string): void {
    this.#paper.write(`\n  ${this.#paint(well ? 'green' : 'red', text)}\n\n`)
  }

  #paint(colour: Colour, text: string): string {
    return this.#coloured ? `\u001B[${colours[colour]}m${text}\u001B[0m` : text
  }
}
