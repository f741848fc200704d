// Members: those whose states another monitor's follows from. Who is among whom, and whether anybody follows itself.
// Promises that no monitor is its own member. Pure.
import { isPattern, type Selector, selects } from './glob.ts'
import { isWithin, type LabelLimit, sayLimit } from './rights.ts'

/** A monitor as far as selections see it; `members`: whom its state follows from, null for all others. */
export interface Node {
  readonly key: string
  readonly labels: Readonly<Record<string, string>>
  readonly members: Selector | null
}

/** Whether the state of `one` follows from that of `other`. */
export const isMember = (one: Pick<Node, 'key' | 'members'>, other: Pick<Node, 'key' | 'labels'>): boolean =>
  one.members !== null && one.key !== other.key && selects(one.members, other)

/** The keys that it names one by one and that no monitor has: of these nothing can be known. */
export function absentFrom(
  { key, members }: Pick<Node, 'key' | 'members'>,
  exists: (key: string) => boolean,
): string[] {
  if (members === null || members.labels !== null) return []
  const named = members.keys?.filter((one) => !/[*?]/.test(one) && one !== key && !exists(one)) ?? []
  return [...new Set(named)].sort()
}

/**
 * Why somebody limited to labels may not choose these members; null: they may. What is hidden and what does not exist
 * are told alike.
 */
export function choosesBeyond(limit: LabelLimit, members: Selector, sees: (key: string) => boolean): string | null {
  const { keys, labels } = members
  const plain = Object.fromEntries(Object.entries(labels ?? {}).filter(([, value]) => !isPattern(value)))
  if (labels !== null && isWithin(limit, plain)) return null
  const beyond = labels === null ? keys?.find((one) => isPattern(one) || !sees(one)) : undefined
  if (labels === null && beyond === undefined) return null
  const yours = `you may choose monitors with the labels ${sayLimit(limit)}`
  if (beyond === undefined || isPattern(beyond))
    return `${yours} alone; name them one by one, or choose them by these labels`
  return `${yours} alone, and there is no such monitor "${beyond}" among them`
}

/** Those that follow from themselves by way of each other, and one way round: `['all', 'shop', 'all']`. */
export interface Circle {
  readonly keys: readonly string[]
  readonly way: readonly string[]
}

/**
 * Those that follow from others, each after the ones that it follows from, and all circles, none of which share a
 * monitor. Who only follows from a circle is not in it.
 */
export function orderOf<One extends Node>(nodes: Iterable<One>): { order: One[]; circles: Circle[] } {
  const derived = [...nodes].filter((node) => node.members !== null)
  const found = knots(derived, (one) => derived.filter((other) => isMember(one, other)))
  const circles = found
    .filter((knot) => knot.length > 1)
    .map((knot) => ({ keys: knot.map(({ key }) => key), way: wayRound(knot) }))
  return { order: found.flat(), circles }
}

/**
 * Sets of nodes each of which leads to every other of its set (Tarjan's algorithm), those that are led to first; most
 * have one node.
 */
function knots<One>(nodes: readonly One[], below: (one: One) => readonly One[]): One[][] {
  const found: One[][] = []
  const order = new Map<One, number>()
  const path: One[] = []
  const onPath = new Set<One>()
  const visit = (node: One): number => {
    const mine = order.size
    order.set(node, mine)
    path.push(node)
    onPath.add(node)
    let lowest = mine
    for (const next of below(node)) {
      const known = order.get(next)
      if (known === undefined) lowest = Math.min(lowest, visit(next))
      else if (onPath.has(next)) lowest = Math.min(lowest, known)
    }
    if (lowest === mine) {
      const knot = path.splice(path.indexOf(node))
      for (const one of knot) onPath.delete(one)
      found.push(knot)
    }
    return lowest
  }
  for (const node of nodes) if (!order.has(node)) visit(node)
  return found
}

/** The shortest way from the first of a knot back to itself. */
function wayRound(knot: readonly Node[]): string[] {
  const first = knot[0] as Node
  const cameFrom = new Map<Node, Node>()
  const edge = [first]
  for (const one of edge) {
    if (one !== first && isMember(one, first)) {
      const way = [first.key]
      for (let at = one; at !== first; at = cameFrom.get(at) as Node) way.unshift(at.key)
      return [first.key, ...way]
    }
    for (const next of knot) {
      if (next === first || cameFrom.has(next) || !isMember(one, next)) continue
      cameFrom.set(next, one)
      edge.push(next)
    }
  }
  return []
}

/** `all → shop → all`, with the middle of a long way left out. */
export function sayWay(way: readonly string[]): string {
  const shown = way.length <= 8 ? way : [...way.slice(0, 4), '…', ...way.slice(-3)]
  return shown.join(' → ')
}

/** So many monitors of one installation may follow from others. */
export const derivedMost = 1_000
