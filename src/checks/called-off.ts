// Hearing that checks are called off, by a signal that very many of them share.
// Promises to cost no more with many listeners than with one, and to leave nothing behind of those that ended: an
// EventTarget walks its listeners at every addition, and what it drops goes on holding what came later, as in a Set.
// Must not know what is called off.

interface Ear {
  readonly call: () => void
  before: Ear | null
  after: Ear | null
}

/** The beginning of the list of those that listen to a signal. */
const heads = new WeakMap<AbortSignal, Ear>()

/** Calls once when the signal is aborted, at once where it is already. Gives what ends that. */
export function whenCalledOff(signal: AbortSignal, call: () => void): () => void {
  if (signal.aborted) {
    call()
    return () => {}
  }
  const head = heads.get(signal) ?? listen(signal)
  const ear: Ear = { call, before: head, after: head.after }
  if (ear.after) ear.after.before = ear
  head.after = ear
  return () => unlink(ear)
}

function unlink(ear: Ear): void {
  if (ear.before) ear.before.after = ear.after
  if (ear.after) ear.after.before = ear.before
  ear.before = ear.after = null
}

function listen(signal: AbortSignal): Ear {
  const head: Ear = { call: () => {}, before: null, after: null }
  heads.set(signal, head)
  const tell = () => {
    for (let ear = head.after; ear; ear = head.after) {
      unlink(ear)
      ear.call()
    }
  }
  signal.addEventListener('abort', tell, { once: true })
  return head
}
