// What is promised of transactions and of a database that fails, on both databases.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { resolve } from 'node:path'
import type { Observation } from '#core/observation.ts'
import { systemClock } from '#platform/clock.ts'
import { silentLog } from '#platform/log.ts'
import { aMonitor, onEachStore, onServer } from '#test/stores.ts'
import { openStore } from './open.ts'
import { Conflict, type Store, Unavailable } from './store.ts'

const opening = (url: string) => openStore({ url, clock: systemClock, log: silentLog })
const checkout = resolve(import.meta.dirname, '../..')

onEachStore('transactions', (ground) => {
  const get = (name: string) => ground.store.meta.get(name)

  test('what a transaction did is kept when it ends, and its result is given', async () => {
    const result = await ground.store.transaction(async (tx) => {
      await tx.meta.set('a', '1')
      return await tx.meta.get('a')
    })
    assert.equal(result, '1')
    assert.equal(await get('a'), '1')
  })

  test('a transaction that throws leaves nothing and gives its own error', async () => {
    const error = new Error('mine')
    const failing = ground.store.transaction(async (tx) => {
      await tx.meta.set('a', '1')
      await tx.objects.put(aMonitor('web'), 1)
      throw error
    })
    await assert.rejects(failing, (thrown) => thrown === error)
    assert.equal(await get('a'), null)
    assert.equal(await ground.store.objects.get('monitor', 'web'), null)
  })

  test('a nested transaction is a part of the outer one', async () => {
    const failing = ground.store.transaction(async () => {
      await ground.store.transaction(async (tx) => await tx.meta.set('inner', '1'))
      throw new Error('outer')
    })
    await assert.rejects(failing, /outer/)
    assert.equal(await get('inner'), null)
  })

  test('calls of the store itself inside a transaction belong to it', async () => {
    const failing = ground.store.transaction(async () => {
      await ground.store.meta.set('a', '1')
      assert.equal(await get('a'), '1')
      throw new Error('end')
    })
    await assert.rejects(failing, /end/)
    assert.equal(await get('a'), null)
  })

  test('nobody else sees what is not committed, and afterwards everybody does', async () => {
    const gate = Promise.withResolvers<void>()
    const running = ground.store.transaction(async (tx) => {
      await tx.meta.set('a', '1')
      await gate.promise
    })
    const before = get('a')
    const later = before.then(() => get('a'))
    if (ground.dialect === 'postgres') assert.equal(await before, null)
    gate.resolve()
    await running
    if (ground.dialect === 'sqlite') assert.equal(await before, '1')
    await later
    assert.equal(await get('a'), '1')
  })

  test('a transaction whose failed statement was passed over is not committed', async () => {
    const event = { hash: 'x', name: 'x', scopes: [], at: 1, expiresAt: null }
    const swallowing = ground.store.transaction(async (tx) => {
      await tx.tokens.insert(event)
      await tx.tokens.insert(event).catch((error) => assert.ok(error instanceof Conflict))
    })
    await assert.rejects(swallowing, Unavailable)
    assert.deepEqual(await ground.store.tokens.list(2), [])
  })

  test('work left running after its transaction does not write into it', async () => {
    const gate = Promise.withResolvers<void>()
    let late: Promise<void> = Promise.resolve()
    await ground.store.transaction(async () => {
      late = gate.promise.then(() => ground.store.meta.set('late', '1'))
    })
    gate.resolve()
    await late
    assert.equal(await get('late'), '1')
  })

  test('many transactions at once all get their turn', async () => {
    const numbers = Array.from({ length: 40 }, (_, index) => index)
    await Promise.all(
      numbers.map((number) =>
        ground.store.transaction(async (tx) => {
          await tx.meta.set(`n${number}`, String(number))
          await new Promise((resolve) => setImmediate(resolve))
          assert.equal(await tx.meta.get(`n${number}`), String(number))
        }),
      ),
    )
    for (const number of numbers) assert.equal(await get(`n${number}`), String(number))
  })

  test('a process killed in the middle of a transaction leaves nothing of it', async () => {
    const code = `
      import { openStore } from '#store/open.ts'
      import { systemClock } from '#platform/clock.ts'
      import { silentLog } from '#platform/log.ts'
      const store = await openStore({ url: ${JSON.stringify(ground.url)}, clock: systemClock, log: silentLog })
      await store.meta.set('committed', '1')
      await store.transaction(async (tx) => {
        await tx.meta.set('open', '1')
        process.stdout.write('inside')
        await new Promise((resolve) => setTimeout(resolve, 60_000))
      })`
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', code], {
      cwd: checkout,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    const after = await ground.open()
    assert.equal(await after.meta.get('committed'), '1')
    assert.equal(await after.meta.get('open'), null)
    await after.meta.set('open', '2')
  })

  test('a ping writes and leaves nothing', async () => {
    await ground.store.ping()
    assert.equal(await get('ping'), null)
  })

  test('a closed store refuses, and closing again is nothing', async () => {
    const other = await ground.open()
    await other.close()
    await assert.rejects(other.ping(), Unavailable)
    await other.close()
  })
})

onEachStore(
  'a disk that fills up',
  (ground) => {
    const batch = (number: number): Observation[] =>
      Array.from({ length: 100 }, (_, index) => ({
        monitor: 1,
        location: `somewhere-${'x'.repeat(100)}`,
        at: number * 1_000 + index,
        outcome: 'up',
        signal: 'check',
        latency: 1,
        reason: null,
        sentence: null,
      }))

    /** Gives how many batches were acknowledged before the disk was full. */
    async function fill(store: Store): Promise<number> {
      for (let number = 0; number < 1_000; number += 1) {
        try {
          await store.transaction(async (tx) => {
            await tx.history.append(batch(number))
            await tx.meta.set('batches', String(number + 1))
          })
        } catch (error) {
          assert.ok(error instanceof Unavailable)
          assert.match(error.message, /^the disk is full; free some space/)
          return number
        }
      }
      throw new Error('the disk never filled up')
    }

    test('says so, loses nothing that was acknowledged, and goes on when there is space', async () => {
      const small = await ground.open({ maxPages: 80 })
      const kept = await fill(small)
      assert.ok(kept > 0)
      assert.equal((await small.history.read(1, 0, 1e9)).length, kept * 100)
      assert.equal(await small.meta.get('batches'), String(kept))
      await assert.rejects(small.history.append(batch(5_000)), Unavailable)
      await small.close()
      const roomy = await ground.open()
      await roomy.history.append(batch(6_000))
      assert.equal((await roomy.history.read(1, 0, 1e9)).length, kept * 100 + 100)
    })

    test('does not keep packing from failing cleanly', async () => {
      const small = await ground.open({ maxPages: 80 })
      const kept = await fill(small)
      await small.history.pack(100_000).catch((error) => assert.ok(error instanceof Unavailable))
      assert.equal((await small.history.read(1, 0, 1e9)).length, kept * 100)
    })

    test('a file that is no database is told apart', async () => {
      const path = ground.url.slice('sqlite:'.length)
      await ground.store.close()
      writeFileSync(`${path}.other`, 'This is a letter and not a database. '.repeat(50))
      await assert.rejects(opening(`${ground.url}.other`), /^Unavailable: the file is not a SQLite database/)
    })

    test('a folder that is not there is told', async () => {
      await assert.rejects(opening('sqlite:/nowhere/at/all.db'), /^Unavailable: the database file cannot be opened/)
    })
  },
  ['sqlite'],
)

onEachStore(
  'a connection that is lost',
  (ground) => {
    const name = () => new URL(ground.url).pathname.slice(1)
    const killAll = async () =>
      await onServer(
        ground.url,
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = '${name()}' and pid <> pg_backend_pid()`,
      )

    test('in a transaction undoes it, and the next call works', async () => {
      const failing = ground.store.transaction(async (tx) => {
        await tx.meta.set('a', '1')
        await killAll()
        await tx.meta.set('b', '1')
      })
      await assert.rejects(failing, Unavailable)
      assert.equal(await ground.store.meta.get('a'), null)
      await ground.store.transaction(async (tx) => await tx.meta.set('a', '2'))
      assert.equal(await ground.store.meta.get('a'), '2')
    })

    test('while many wait for their turn leaves a pool that works', async () => {
      const running = Array.from({ length: 30 }, (_, number) =>
        ground.store.transaction(async (tx) => {
          await tx.meta.set(`n${number}`, '1')
          await new Promise((resolve) => setImmediate(resolve))
          await tx.meta.set(`n${number}`, '2')
        }),
      )
      const all = Promise.allSettled(running)
      await killAll()
      for (const ended of await all) assert.ok(ended.status === 'fulfilled' || ended.reason instanceof Unavailable)
      await Promise.all(Array.from({ length: 20 }, () => ground.store.ping()))
    })

    test('between two calls is forgotten by the one after', async () => {
      await ground.store.ping()
      await killAll()
      await ground.store.ping().catch((error) => assert.ok(error instanceof Unavailable))
      await ground.store.ping()
    })

    test('a database that is not there is told', async () => {
      await assert.rejects(
        opening(`${ground.url}_not_there`),
        /^Unavailable: the database named in the URL does not exist/,
      )
    })

    test('a port where nobody listens is told', async () => {
      await assert.rejects(opening('postgres://a@127.0.0.1:1/b'), /^Unavailable: the database cannot be reached/)
    })

    test('a server that closes every connection is told', async () => {
      const rude = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
      await once(rude, 'listening')
      const address = rude.address()
      const port = typeof address === 'object' ? address?.port : 0
      await assert.rejects(opening(`postgres://a@127.0.0.1:${port}/b`), Unavailable)
      rude.close()
      await once(rude, 'close')
    })
  },
  ['postgres'],
)

for (const url of ['mysql://x', '/var/lib/x.db', '', 'sqlite:'])
  test(`the database URL "${url}" is refused with the two that work`, async () => {
    await assert.rejects(opening(url), /must begin with sqlite: and a path, or with postgres:\/\//)
  })
