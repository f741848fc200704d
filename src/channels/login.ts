// Login: the user and password that stand in a URL.
// Promises a text that says what is wrong where the percent signs are. Must not know what logs in.

export interface Login {
  readonly user: string
  readonly pass: string
}

/** Null where the URL names no user; a text says what is wrong with it. */
export function loginOf({ username, password }: URL): Login | string | null {
  if (username === '') return null
  try {
    return { user: decodeURIComponent(username), pass: decodeURIComponent(password) }
  } catch {
    return 'the user or password is not percent-encoded well; write % as %25'
  }
}
