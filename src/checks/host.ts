// The host of a check: the machine that it looks at, so that few look at one at once.
// Promises the same text for all who look at the same. Must not know any kind.
import type { Kind } from './check.ts'

/** What the kind says, or else what its target names: an address, a URL, a name. Null: no machine in particular. */
export function hostOf(kind: Kind, config: unknown): string | null {
  if (!kind.active) return null
  const host = kind.host ? kind.host(config) : named(valueOf(config, kind.target ?? ''))
  return host === null || host === '' ? null : host.toLowerCase()
}

const valueOf = (config: unknown, name: string): unknown =>
  typeof config === 'object' && config !== null && Object.hasOwn(config, name)
    ? (config as Readonly<Record<string, unknown>>)[name]
    : undefined

function named(target: unknown): string | null {
  if (typeof target === 'string') return /^[a-z][a-z0-9+.-]*:\/\//i.test(target) ? ofUrl(target) : target
  const host = valueOf(target, 'host')
  return typeof host === 'string' ? host : null
}

const ofUrl = (text: string): string | null => (URL.canParse(text) ? new URL(text).hostname : null)
