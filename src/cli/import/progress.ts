// A progress bar in one line of a terminal; elsewhere nothing.
// Promises few writes however often it is told, and a clean line at the end.
import type { Output } from '../command.ts'

export interface Bar {
  show(done: number, all: number): void
  end(): void
}

const width = 30

export function openBar(output: Output, what: string): Bar {
  if (output.isTTY !== true) return { show: () => {}, end: () => {} }
  let shown = -1
  return {
    show(done, all) {
      const percent = all === 0 ? 100 : Math.floor((done / all) * 100)
      if (percent === shown) return
      shown = percent
      const full = Math.round((percent / 100) * width)
      output.write(`\r${what} [${'#'.repeat(full)}${' '.repeat(width - full)}] ${percent} % (${done} of ${all})`)
    },
    end() {
      if (shown >= 0) output.write(`\r${' '.repeat(what.length + width + 40)}\r`)
    },
  }
}
