// Mails to people who forgot their password, sent after the answer, so that its time tells nobody who has an account.
// Promises a bound on how many are under way, and that a failure is logged. Must not know how a mail is sent.
import type { AccountParts, Whence } from '#commands/accounts/ports.ts'
import { forgotten, resetLetter } from '#commands/accounts/resets.ts'
import type { Log } from '#platform/log.ts'
import { linkTo } from './links.ts'

const most = 50

export class Reminders {
  readonly #log: Log
  #under = 0

  constructor(log: Log) {
    this.#log = log
  }

  /** Sends a link if the address has an account. What fails is only in the log. */
  remind(parts: AccountParts, email: string, base: string, from: Whence): void {
    if (this.#under >= most) {
      this.#log.warn('a mail for a forgotten password was not sent: too many are under way')
      return
    }
    this.#under += 1
    void this.#remind(parts, email, base, from).finally(() => {
      this.#under -= 1
    })
  }

  async #remind(parts: AccountParts, email: string, base: string, from: Whence): Promise<void> {
    try {
      const found = await forgotten(parts, email, from)
      const letter = found && resetLetter(found.user, linkTo(base, 'reset', found.secret))
      const sent = letter && (await parts.mail()?.(letter))
      if (sent && !sent.ok) this.#log.warn('a mail for a forgotten password was not sent', { detail: sent.detail })
    } catch (error) {
      this.#log.error('a mail for a forgotten password was not sent', { error })
    }
  }
}
