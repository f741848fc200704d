// Names that cannot be resolved: whose fault that is, theirs or that of this machine.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '#test/until.ts'
import { type Lookup, Names, OutboundError } from './names.ts'

const { signal } = new AbortController()
const again = Object.assign(new Error('getaddrinfo'), { code: 'EAI_AGAIN' })
const none = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' })

/** A machine that knows these names; for all others no name server answers. */
function open(known: Readonly<Record<string, string>>, root: boolean) {
  const state = { root, asked: 0 }
  const lookup: Lookup = async (host) => {
    const address = known[host]
    if (address === undefined) throw host.startsWith('missing') ? none : again
    return [{ address, family: 4 }]
  }
  const names = new Names(lookup, async () => {
    state.asked += 1
    return state.root
  })
  const find = (host: string) =>
    names.find(host, 0, signal).then(
      () => 'found',
      (error: unknown) => (error instanceof OutboundError ? error.reason : error),
    )
  return { names, find, state }
}

test('a name that no server answers for is at fault itself while the root of all names is answered', async () => {
  const { names, find } = open({}, true)
  assert.deepEqual([await find('a.test'), await find('a.test')], ['dns', 'dns'])
  await assert.rejects(names.find('a.test', 0, signal), /^OutboundError: The name a\.test was not resolved: its name /)
})

test('where the name servers of this machine answer for nothing, no name is to blame', async () => {
  const { names, find, state } = open({}, false)
  assert.deepEqual([await find('a.test'), await find('b.test'), await find('a.test')], Array(3).fill('internal'))
  await assert.rejects(
    names.find('a.test', 0, signal),
    /a\.test could not be checked: the name servers of this machine/,
  )
  state.root = true
  assert.equal(await find('a.test'), 'dns')
})

test('on a machine that knows its neighbours but no root, a neighbour that is gone is to blame', async () => {
  const { find } = open({ db: '10.0.0.2' }, false)
  assert.equal(await find('web'), 'internal')
  assert.equal(await find('db'), 'found')
  assert.equal(await find('web'), 'dns')
  assert.equal(await find('web'), 'internal', 'until the next one is heard of')
  assert.equal(await find('missing.test'), 'dns')
  assert.equal(await find('web'), 'dns')
})

test('names of this machine itself say nothing of its name servers', async () => {
  const { find } = open({ localhost: '127.0.0.1', ip6: '::1' }, false)
  assert.equal(await find('a.test'), 'internal')
  assert.deepEqual([await find('localhost'), await find('ip6')], ['found', 'found'])
  assert.equal(await find('a.test'), 'internal')
})

test('a name that takes too long is our fault only once the root was asked for in vain', async () => {
  const state = { root: false, asked: 0 }
  const names = new Names(
    () => new Promise<never>(() => {}),
    async () => {
      state.asked += 1
      return state.root
    },
  )
  const late = async (host: string) => {
    const stop = new AbortController()
    const waiting = names.find(host, 0, stop.signal)
    const asked = state.asked
    stop.abort()
    const reason = await waiting.catch((error: unknown) => (error as OutboundError).reason)
    await until('the root was asked for', () => state.asked > asked)
    return reason
  }
  assert.equal(await late('a.test'), 'timeout')
  assert.equal(await late('b.test'), 'internal')
  assert.equal(await late('a.test'), 'internal')
  state.root = true
  assert.equal(await late('a.test'), 'internal')
  assert.equal(await late('a.test'), 'timeout')
})

test('many failures ask for the root once, and a question that breaks counts as answered', async () => {
  const { find, state } = open({}, false)
  await Promise.all(['a', 'b', 'c'].map(find))
  assert.equal(state.asked, 1)
  const broken = new Names(
    () => Promise.reject(again),
    () => Promise.reject(new Error('no resolver')),
  )
  await assert.rejects(broken.find('a.test', 0, signal), { reason: 'dns' })
})
