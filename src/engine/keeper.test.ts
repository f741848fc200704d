// Tests of how the housework is spread over time, on a virtual clock: each piece takes as long as the test says.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '#platform/log.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { Keeper, type KeeperParts } from './keeper.ts'

const pieceMs = 100

/** Housework with so many full pieces to pack and so many monitors to count; notes when each piece began. */
function house(full: number, monitors: number) {
  const clock = new VirtualClock(1_000_000)
  const began = { pack: [] as number[], count: [] as number[] }
  const counted: number[] = []
  const work = (list: number[]) => {
    list.push(clock.monotonic())
    return new Promise<void>((resolve) => clock.after(pieceMs, resolve))
  }
  const forget = () => Promise.resolve(0)
  const store = {
    leases: { take: () => Promise.resolve(true), release: () => Promise.resolve() },
    history: {
      forget,
      async pack(limit: number) {
        await work(began.pack)
        return began.pack.length > full ? 0 : limit
      },
    },
  }
  const ingest = {
    stored: 0,
    async inputs(moves: Iterable<readonly [number, unknown]>) {
      for (const [monitor] of moves) counted.push(monitor)
      await work(began.count)
    },
  }
  const catalog = { monitors: new Map(Array.from({ length: monitors }, (_, id) => [id, {}])) }
  const keep = () => ({ observations: 1, hours: 1, audit: 1 })
  const parts = { store, catalog, ingest, clock, log: silentLog, holder: 'a', keep } as unknown as KeeperParts
  return { clock, began, counted, keeper: new Keeper(parts) }
}

test('packing rests several times as long as each piece took', async () => {
  const { clock, began, keeper } = house(3, 0)
  keeper.start()
  await clock.advance(60_000 + 3_000)
  await keeper.close()
  const [first = 0, ...rest] = began.pack
  assert.deepEqual(
    rest.map((at) => at - first),
    [500, 1_000, 1_500],
  )
})

test('time is counted for each monitor once, in pieces with rests between them', async () => {
  const { clock, began, counted, keeper } = house(0, 1_200)
  keeper.start()
  await clock.advance(60_000 + 3_000)
  await keeper.close()
  assert.deepEqual(
    counted,
    Array.from({ length: 1_200 }, (_, id) => id),
  )
  const [first = 0, ...rest] = began.count
  assert.deepEqual(
    rest.map((at) => at - first),
    [500, 1_000],
  )
})

test('what is not done after a minute and a half of rest hurries', async () => {
  const { clock, began, keeper } = house(500, 0)
  keeper.start()
  await clock.advance(60_000 + 160_000)
  await keeper.close()
  assert.equal(began.pack.length, 501)
  assert.equal((began.pack.at(-1) ?? 0) - (began.pack.at(-2) ?? 0), pieceMs + 5)
})

test('a keeper that is closed while it rests does no further piece', async () => {
  const { clock, began, keeper } = house(1_000, 1_000)
  keeper.start()
  await clock.advance(60_000 + 250)
  await keeper.close()
  assert.equal(began.pack.length, 1)
  assert.equal(began.count.length, 0)
})
