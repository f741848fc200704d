// QR codes (ISO/IEC 18004) of up to 213 bytes: byte mode, level M, versions 1 to 10. Pure.
// Promises the smallest version that holds the text and the mask with the fewest penalties.

/** Per version: correction words of a block, then how many blocks of how many data words. */
const versions: readonly (readonly [ec: number, ...blocks: (readonly [count: number, words: number])[]])[] = [
  [10, [1, 16]],
  [16, [1, 28]],
  [26, [1, 44]],
  [18, [2, 32]],
  [24, [2, 43]],
  [16, [4, 27]],
  [18, [4, 31]],
  [22, [2, 38], [2, 39]],
  [22, [3, 36], [2, 37]],
  [26, [4, 43], [1, 44]],
]
/** The middle lines of alignment marks, from version 2. */
const alignments = [[18], [22], [26], [30], [34], [22, 38], [24, 42], [26, 46], [28, 50]]

const exp: number[] = []
const log: number[] = []
for (let power = 0, value = 1; power < 255; power += 1) {
  exp[power] = value
  log[value] = power
  value = value & 128 ? (value << 1) ^ 285 : value << 1
}
const times = (one: number, other: number): number =>
  one === 0 || other === 0 ? 0 : (exp[((log[one] ?? 0) + (log[other] ?? 0)) % 255] ?? 0)

/** Reed–Solomon words that mend a block. */
export function corrections(data: readonly number[], count: number): number[] {
  let generator = [1]
  for (let power = 0; power < count; power += 1) {
    const next = [...generator, 0]
    for (const [index, factor] of generator.entries())
      next[index + 1] = (next[index + 1] ?? 0) ^ times(factor, exp[power] ?? 0)
    generator = next
  }
  const rest = [...data, ...Array.from({ length: count }, () => 0)]
  for (let index = 0; index < data.length; index += 1) {
    const lead = rest[index] ?? 0
    for (const [place, factor] of generator.entries())
      rest[index + place] = (rest[index + place] ?? 0) ^ times(factor, lead)
  }
  return rest.slice(data.length)
}

/** Data words of the text, filled up, in blocks, woven together with their corrections. */
function words(bytes: Uint8Array, version: number): number[] {
  const [ec, ...groups] = versions[version - 1] ?? [0]
  const sizes = groups.flatMap(([count, size]) => Array.from({ length: count }, () => size))
  const room = sizes.reduce((sum, size) => sum + size, 0)
  const bits: number[] = []
  const push = (value: number, length: number) => {
    for (let bit = length - 1; bit >= 0; bit -= 1) bits.push((value >> bit) & 1)
  }
  push(4, 4)
  push(bytes.length, version < 10 ? 8 : 16)
  for (const byte of bytes) push(byte, 8)
  push(0, Math.min(4, room * 8 - bits.length))
  while (bits.length % 8 !== 0) bits.push(0)
  const data: number[] = []
  for (let at = 0; at < bits.length; at += 8) data.push(bits.slice(at, at + 8).reduce((sum, bit) => sum * 2 + bit, 0))
  for (let pad = 236; data.length < room; pad = pad === 236 ? 17 : 236) data.push(pad)
  let from = 0
  const blocks = sizes.map((size) => data.slice(from, (from += size)))
  const mends = blocks.map((block) => corrections(block, ec))
  const weave = (all: readonly (readonly number[])[]) =>
    Array.from({ length: Math.max(...all.map((one) => one.length)) }, (_, index) =>
      all.flatMap((one) => one.slice(index, index + 1)),
    ).flat()
  return [...weave(blocks), ...weave(mends)]
}

/** A value with its BCH remainder behind it. */
export function coded(value: number, generator: number, bits: number): number {
  let rest = value << bits
  const top = 31 - Math.clz32(generator)
  for (let bit = 31 - Math.clz32(rest); bit >= top; bit = 31 - Math.clz32(rest)) rest ^= generator << (bit - top)
  return (value << bits) | rest
}
/** Level M is 0. */
export const formatBits = (mask: number): number => coded(mask, 0x537, 10) ^ 0x5412

const masks: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
]

class Grid {
  readonly size: number
  readonly dark: boolean[][]
  readonly fixed: boolean[][]

  constructor(size: number) {
    this.size = size
    this.dark = Array.from({ length: size }, () => Array.from({ length: size }, () => false))
    this.fixed = Array.from({ length: size }, () => Array.from({ length: size }, () => false))
  }

  set(x: number, y: number, dark: boolean): void {
    const [row, fixed] = [this.dark[y], this.fixed[y]]
    if (!row || !fixed || x < 0 || x >= this.size) return
    row[x] = dark
    fixed[x] = true
  }

  /** Rings around a middle: a finder or an alignment mark. */
  mark(x: number, y: number, reach: number, light: number): void {
    for (let down = -reach; down <= reach; down += 1)
      for (let right = -reach; right <= reach; right += 1) {
        const ring = Math.max(Math.abs(down), Math.abs(right))
        this.set(x + right, y + down, ring !== light && ring !== 4)
      }
  }
}

function frame(version: number): Grid {
  const grid = new Grid(version * 4 + 17)
  const { size } = grid
  for (let at = 0; at < size; at += 1) {
    grid.set(6, at, at % 2 === 0)
    grid.set(at, 6, at % 2 === 0)
  }
  for (const [x, y] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ] as const)
    grid.mark(x, y, 4, 2)
  const lines = version === 1 ? [] : [6, ...(alignments[version - 2] ?? [])]
  for (const x of lines)
    for (const y of lines)
      if (!((x === 6 && (y === 6 || y === size - 7)) || (x === size - 7 && y === 6))) grid.mark(x, y, 2, 1)
  format(grid, 0)
  if (version >= 7) {
    const bits = coded(version, 0x1f25, 12)
    for (let bit = 0; bit < 18; bit += 1) {
      const [long, short] = [Math.floor(bit / 3), size - 11 + (bit % 3)]
      grid.set(short, long, ((bits >> bit) & 1) === 1)
      grid.set(long, short, ((bits >> bit) & 1) === 1)
    }
  }
  return grid
}

function format(grid: Grid, mask: number): void {
  const bits = formatBits(mask)
  const { size } = grid
  for (let bit = 0; bit < 15; bit += 1) {
    const dark = ((bits >> bit) & 1) === 1
    const along = bit < 6 ? bit : bit < 8 ? bit + 1 : size - 15 + bit
    grid.set(8, along, dark)
    const across = bit < 8 ? size - 1 - bit : bit === 8 ? 7 : 14 - bit
    grid.set(across, 8, dark)
  }
  grid.set(8, size - 8, true)
}

/** Up and down in pairs of columns, from the right, around what is fixed. */
function fill(grid: Grid, data: readonly number[], mask: number): void {
  const { size } = grid
  const masked = masks[mask] ?? (() => false)
  let bit = 0
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right = 5
    for (let step = 0; step < size; step += 1) {
      const y = up ? size - 1 - step : step
      for (const x of [right, right - 1]) {
        const row = grid.dark[y]
        if (!row || grid.fixed[y]?.[x]) continue
        const on = (((data[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1
        row[x] = on !== masked(x, y)
        bit += 1
      }
    }
  }
}

/** How hard it is to read: long runs, blocks, and too much of one sort. */
function penalty({ dark, size }: Grid): number {
  let sum = 0
  let count = 0
  for (let y = 0; y < size; y += 1)
    for (let x = 0; x < size; x += 1) {
      const here = dark[y]?.[x]
      if (here) count += 1
      for (const [right, down] of [
        [1, 0],
        [0, 1],
      ] as const) {
        if (dark[y - down]?.[x - right] === here) continue
        let run = 1
        while (dark[y + run * down]?.[x + run * right] === here) run += 1
        if (run >= 5) sum += run - 2
      }
      if (dark[y]?.[x + 1] === here && dark[y + 1]?.[x] === here && dark[y + 1]?.[x + 1] === here) sum += 3
    }
  return sum + Math.floor(Math.abs((count * 20) / size ** 2 - 10)) * 10
}

/** Rows of dark (true) and light; null: the text is too long. */
export function qr(text: string): boolean[][] | null {
  const bytes = new TextEncoder().encode(text)
  const version =
    versions.findIndex(([, ...groups], index) => {
      const room = groups.reduce((sum, [count, size]) => sum + count * size, 0)
      return bytes.length + (index < 9 ? 2 : 3) <= room
    }) + 1
  if (version === 0) return null
  const data = words(bytes, version)
  const all = masks.map((_, mask) => {
    const grid = frame(version)
    fill(grid, data, mask)
    format(grid, mask)
    return { dark: grid.dark, cost: penalty(grid) }
  })
  return all.reduce((best, one) => (one.cost < best.cost ? one : best)).dark
}
