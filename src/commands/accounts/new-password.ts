// A new password: judged, then hashed.
// Promises Refused with a sentence for one that would be guessed. Must not know whose it is.
import { Refused } from '../refused.ts'
import { passwordFault } from './password-rules.ts'
import type { AccountParts } from './ports.ts'

/** The hash to store. `about`: names of the person, which it must not hold. `path`: where it stood in the request. */
export async function newPassword(
  { passwords }: Pick<AccountParts, 'passwords'>,
  password: string,
  about: readonly string[],
  path = 'password',
): Promise<string> {
  const message = passwordFault(password, [...about, 'allswell'])
  if (message !== null) throw new Refused({ kind: 'invalid', faults: [{ path: [path], message }] })
  return passwords.hash(password)
}
