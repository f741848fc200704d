// Which key does what. Pure; one list for the handler and for the help.

export const keyList = [
  { keys: ['/'], does: 'search', words: 'Search this list' },
  { keys: ['j'], does: 'next', words: 'Next row' },
  { keys: ['k'], does: 'previous', words: 'Row before' },
  { keys: ['Enter'], does: 'open', words: 'Open the row' },
  { keys: ['x'], does: 'pick', words: 'Choose the row, for changing several' },
  { keys: ['n'], does: 'new', words: 'New monitor' },
  { keys: ['e'], does: 'edit', words: 'Edit' },
  { keys: ['a'], does: 'acknowledge', words: 'Acknowledge' },
  { keys: ['s'], does: 'snooze', words: 'Snooze for an hour' },
  { keys: ['p'], does: 'pause', words: 'Pause, or resume' },
  { keys: ['r'], does: 'run', words: 'Check now' },
  { keys: ['m'], does: 'silence', words: 'Silence by labels' },
  { keys: ['g', 'h'], does: 'go /', words: 'Home' },
  { keys: ['g', 'c'], does: 'go /monitors', words: 'Monitors' },
  { keys: ['g', 'i'], does: 'go /events', words: 'Events' },
  { keys: ['g', 'p'], does: 'go /pages', words: 'Status pages' },
  { keys: ['g', 's'], does: 'go /settings', words: 'Settings' },
  { keys: ['?'], does: 'help', words: 'This list' },
] as const

export type Deed = (typeof keyList)[number]['does']

export interface Pressed {
  /** What is to be done; null: nothing, or not yet. */
  readonly deed: Deed | null
  /** What was pressed so far of something longer. */
  readonly pending: string
}

/** What a key means after what was pressed before. */
export function press(pending: string, key: string): Pressed {
  const now = [...(pending === '' ? [] : [pending]), key]
  const fits = (keys: readonly string[]) => keys.length === now.length && keys.every((one, at) => one === now[at])
  const found = keyList.find(({ keys }) => fits(keys))
  if (found) return { deed: found.does, pending: '' }
  const begins = keyList.some(({ keys }) => keys.length > 1 && keys[0] === key)
  return { deed: null, pending: begins ? key : '' }
}
