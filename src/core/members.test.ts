// Who is a member of whom, in which order to look, and who would follow from itself.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isMember, type Node, orderOf, sayWay } from './members.ts'

const node = (key: string, keys: string[] | null, labels = {}): Node => ({
  key,
  labels,
  members: keys === null ? null : { keys, labels: null },
})
const ways = (...nodes: Node[]) => orderOf(nodes).circles.map(({ way }) => sayWay(way))

test('a pattern chooses everything but the one that it stands in, and labels choose as well', () => {
  const all = node('all', ['*'])
  assert.equal(isMember(all, node('web', null)), true)
  assert.equal(isMember(all, all), false)
  assert.equal(isMember(node('web', null), all), false)
  const gold: Node = { key: 'gold', labels: {}, members: { keys: null, labels: { tier: 'g*' } } }
  assert.equal(isMember(gold, node('web', null, { tier: 'gold' })), true)
  assert.equal(isMember(gold, node('web', null, { tier: 'lead' })), false)
})

test('those that follow come after the ones that they follow from', () => {
  const nodes = [node('a', ['b', 'c']), node('b', ['c']), node('c', ['web']), node('web', null)]
  assert.deepEqual(
    orderOf(nodes).order.map(({ key }) => key),
    ['c', 'b', 'a'],
  )
  assert.deepEqual(ways(...nodes), [])
})

test('a circle is named by its way, each one once, and who only follows from it is not in it', () => {
  const nodes = [node('out', ['a']), node('a', ['b']), node('b', ['c', 'web']), node('c', ['a']), node('in', ['web'])]
  assert.deepEqual(ways(...nodes), ['a → b → c → a'])
  assert.deepEqual(orderOf(nodes).circles[0]?.keys.toSorted(), ['a', 'b', 'c'])
  assert.deepEqual(ways(node('one', ['*']), node('two', ['*'])), ['one → two → one'])
  assert.deepEqual(ways(node('one', ['*']), node('eu', ['eu-*'])), [])
})

test('a long way loses its middle', () => {
  const keys = Array.from({ length: 40 }, (_, index) => `g${index}`)
  const ring = keys.map((key, index) => node(key, [keys[(index + 1) % keys.length] as string]))
  assert.deepEqual(ways(...ring), ['g0 → g1 → g2 → g3 → … → g38 → g39 → g0'])
})

test('whatever chooses whom: there is a circle where one leads back to itself, and only there', () => {
  const graph = fc.array(fc.array(fc.nat(7), { maxLength: 3 }), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(graph, (edges) => {
      const nodes = edges.map((to, from) =>
        node(
          `n${from}`,
          to.map((one) => `n${one}`),
        ),
      )
      const reach = (from: Node): Set<Node> => {
        const found = new Set<Node>([])
        const visit = (one: Node) => {
          for (const other of nodes) if (isMember(one, other) && !found.has(other)) visit(found.add(other) && other)
        }
        visit(from)
        return found
      }
      const { order, circles } = orderOf(nodes)
      const inCircle = new Set(circles.flatMap(({ keys }) => keys))
      assert.equal(inCircle.size, circles.flatMap(({ keys }) => keys).length)
      for (const one of nodes) assert.equal(inCircle.has(one.key), reach(one).has(one), one.key)
      for (const { way } of circles) {
        assert.equal(way[0], way.at(-1))
        for (const [index, key] of way.slice(1).entries()) {
          const [from, to] = [way[index], key].map((name) => nodes.find((one) => one.key === name) as Node)
          assert.ok(isMember(from as Node, to as Node))
        }
      }
      assert.equal(new Set(order).size, nodes.length)
      for (const [place, one] of order.entries()) {
        if (inCircle.has(one.key)) continue
        for (const other of nodes) if (isMember(one, other)) assert.ok(order.indexOf(other) < place)
      }
    }),
  )
})
