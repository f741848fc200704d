// The program's own version, as package.json says it.
// Promises one source for it. Must not know who shows it.
import about from '../../package.json' with { type: 'json' }

export const version: string = about.version
