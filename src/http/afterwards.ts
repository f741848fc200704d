// What is done after an answer, so that its time tells strangers nothing: mails to those who have an account, notes of
// attempts that failed. Promises a bound on how much is under way, and that a failure is logged. Must not know what it
// is.
import type { Log } from '#platform/log.ts'

const most = 50

export class Afterwards {
  readonly #log: Log
  #under = 0

  constructor(log: Log) {
    this.#log = log
  }

  /** `what` completes "… could not be done". Too much under way: it is left out, and the log says so. */
  do(what: string, work: () => Promise<unknown>): void {
    if (this.#under >= most) {
      this.#log.warn(`${what} was left out: too much is under way`)
      return
    }
    this.#under += 1
    void work()
      .catch((error: unknown) => this.#log.error(`${what} could not be done`, { error }))
      .finally(() => {
        this.#under -= 1
      })
  }
}
