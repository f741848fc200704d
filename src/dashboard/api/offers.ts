// What the server can do that not every screen may take for granted yet.
// Promises that nothing is offered that would be refused.

export const offers = {
  /** POST /monitors/{key}/acknowledge and /snooze. */
  handling: false,
  /** The lists of silences. */
  silences: false,
}
