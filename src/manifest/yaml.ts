// YAML as plain JSON values, with the place of every value kept. YAML 1.2, so `on` and `no` are texts.
// Promises bounded depth and expansion, duplicate keys as faults, never a throw. Must not know manifests.
import {
  type Alias,
  type Node,
  type Pair,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { quote } from './faults.ts'
import type { Resolved } from './references.ts'
import { type PlacedFault, syntaxFaults, tooDeep, deepest } from './syntax.ts'

type Path = readonly (string | number)[]
export interface Tree {
  readonly value: unknown
  /** What is wrong with the YAML itself. A value with a fault (not of its key) is left out of `value`. */
  readonly faults: readonly PlacedFault[]
  /** Where a value (or the key that leads to it) stands; of what is not there, where its parent is. */
  offsetOf(path: Path, at?: 'key'): number
}

const mostValues = 1_000_000

/** Reads one document; `resolve` is asked for every text value. */
export function readYaml(text: string, resolve: (text: string) => Resolved): Tree {
  const document = parseDocument(text, { merge: true, prettyErrors: false, uniqueKeys: false, logLevel: 'error' })
  const broken = syntaxFaults(text, [...document.errors, ...document.warnings].sort(byPlace))
  if (broken.length > 0) return { value: null, faults: broken, offsetOf: () => 0 }
  return new Reader(text, resolve).read(document.contents)
}

const byPlace = (one: { pos: [number, number] }, other: { pos: [number, number] }) => one.pos[0] - other.pos[0]
const startOf = (node: unknown): number => (node as { range?: [number, number, number] } | null)?.range?.[0] ?? 0
const isMerge = (pair: Pair) => isScalar(pair.key) && (pair.key.value === '<<' || typeof pair.key.value === 'symbol')

/** Reading stops at this node. */
class TooMuch extends Error {
  readonly node: unknown
  constructor(message: string, node: unknown) {
    super(message)
    this.node = node
  }
}

class Reader {
  readonly #text: string
  readonly #resolve: (text: string) => Resolved
  readonly #faults: PlacedFault[] = []
  readonly #targets = new Map<Alias, Node>()
  readonly #pairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>()
  readonly #expanding = new Set<Node>()
  #values = 0
  #root: unknown = null

  constructor(text: string, resolve: (text: string) => Resolved) {
    this.#text = text
    this.#resolve = resolve
  }

  read(root: unknown): Tree {
    this.#root = root
    let value: unknown = null
    try {
      this.#prepare(root, 0, new Map())
      value = this.#plain(root, [])
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error
      this.#faults.push({ path: [], message: error.message, offset: startOf(error.node) })
    }
    return { value, faults: this.#faults, offsetOf: (path, at) => this.#offsetOf(path, at) }
  }

  /** In the order of the text: which node each alias means. */
  #prepare(node: unknown, depth: number, anchors: Map<string, Node>): void {
    if (depth > deepest) throw new TooMuch(tooDeep, node)
    if (isAlias(node)) {
      const target = anchors.get(node.source)
      if (target) this.#targets.set(node, target)
      return
    }
    if (!isMap(node) && !isSeq(node) && !isScalar(node)) return
    if (node.anchor) anchors.set(node.anchor, node)
    if (isSeq(node)) for (const item of node.items) this.#prepare(item, depth + 1, anchors)
    if (!isMap(node)) return
    for (const pair of node.items) {
      this.#prepare(pair.key, depth + 1, anchors)
      this.#prepare(pair.value, depth + 1, anchors)
    }
  }

  #fault(path: Path, message: string, node: unknown): undefined {
    this.#faults.push({ path, message, offset: startOf(node) })
    return undefined
  }

  #plain(node: unknown, path: Path): unknown {
    this.#values += 1
    if (path.length > deepest) throw new TooMuch(tooDeep, node)
    if (this.#values > this.#text.length + mostValues)
      throw new TooMuch(`the aliases (*name) expand to more than ${mostValues} values`, node)
    if (isAlias(node)) return this.#plainAlias(node, path)
    if (isScalar(node)) return this.#plainScalar(node.value, node, path)
    if (isSeq(node) || isMap(node)) return this.#plainCollection(node, path)
    return node === null || node === undefined ? null : this.#fault(path, 'is not a plain value', node)
  }

  #plainAlias(alias: Alias, path: Path): unknown {
    const target = this.#targets.get(alias)
    if (target === undefined)
      return this.#fault(path, `*${alias.source} has no anchor &${alias.source} before it`, alias)
    if (this.#expanding.has(target)) return this.#fault(path, `*${alias.source} contains itself`, alias)
    return this.#plain(target, path)
  }

  #plainCollection(node: YAMLSeq | YAMLMap, path: Path): unknown {
    if (this.#expanding.has(node)) return this.#fault(path, 'this contains itself by way of <<', node)
    this.#expanding.add(node)
    const value = isSeq(node)
      ? node.items.map((item, index) => this.#plain(item, [...path, index]))
      : Object.fromEntries(
          [...this.#pairsOf(node, path)].map(([key, pair]) => [key, this.#plain(pair.value, [...path, key])]),
        )
    this.#expanding.delete(node)
    return value
  }

  #plainScalar(value: unknown, node: unknown, path: Path): unknown {
    if (typeof value === 'string') {
      const resolved = this.#resolve(value)
      return resolved.ok ? resolved.text : this.#fault(path, resolved.why, node)
    }
    if (value === null || typeof value === 'boolean') return value
    if (typeof value === 'number' && Number.isFinite(value)) return value
    return this.#fault(path, 'is not a plain value: text, number, true, false, list or mapping', node)
  }

  /** The pairs of a mapping by key; those merged in by `<<` give way to its own. Faults are told once. */
  #pairsOf(map: YAMLMap, path: Path): ReadonlyMap<string, Pair> {
    const known = this.#pairs.get(map)
    if (known) return known
    const pairs = new Map<string, Pair>()
    this.#pairs.set(map, pairs)
    for (const pair of map.items) {
      if (isMerge(pair)) continue
      const key = this.#keyOf(pair, path)
      if (key === null) continue
      if (!pairs.has(key)) pairs.set(key, pair)
      else {
        const message = `the key ${quote(key)} stands here twice`
        this.#faults.push({ path: [...path, key], message, at: 'key', offset: startOf(pair.key) })
      }
    }
    for (const pair of map.items) if (isMerge(pair)) this.#merge(pairs, pair.value, path)
    return pairs
  }

  #keyOf(pair: Pair, path: Path): string | null {
    const key = isScalar(pair.key) ? pair.key.value : undefined
    if (typeof key === 'string' && key !== '__proto__') return key
    if (typeof key === 'number' || typeof key === 'boolean') return this.#sourceOf(pair.key)
    const message = key === '__proto__' ? '__proto__ is not allowed as a key' : 'a key must be plain text'
    this.#faults.push({ path, message, at: 'key', offset: startOf(pair.key ?? pair.value) })
    return null
  }

  /** A key as it stands in the text: `0x10` stays `0x10`. */
  #sourceOf(node: unknown): string {
    const [start, end] = (node as { range: [number, number, number] }).range
    return this.#text.slice(start, end)
  }

  #merge(pairs: Map<string, Pair>, value: unknown, path: Path): void {
    const node = isAlias(value) ? this.#targets.get(value) : value
    if (isMap(node)) {
      for (const [key, pair] of this.#pairsOf(node, path)) if (!pairs.has(key)) pairs.set(key, pair)
    } else if (isSeq(node) && !isAlias(value)) for (const item of node.items) this.#merge(pairs, item, path)
    else this.#fault(path, '<< takes a mapping, such as an alias of one', value)
  }

  #offsetOf(path: Path, at?: 'key'): number {
    let node: unknown = this.#root
    let offset = startOf(node)
    for (const [index, step] of path.entries()) {
      while (isAlias(node)) node = this.#targets.get(node)
      if (isMap(node)) {
        const pair = this.#pairsOf(node, []).get(String(step))
        if (!pair) return offset
        const last = index === path.length - 1
        node = pair.value
        const hasValue = node !== null && startOf(node) > 0 && !isEmpty(node)
        offset = startOf(last && at !== 'key' && hasValue ? node : pair.key)
      } else if (isSeq(node)) {
        if (node.items[Number(step)] === undefined) return offset
        node = node.items[Number(step)]
        offset = startOf(node)
      } else return offset
    }
    return offset
  }
}

const isEmpty = (node: unknown) => isScalar(node) && node.value === null && node.range?.[0] === node.range?.[1]
