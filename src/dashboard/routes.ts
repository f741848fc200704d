// Which screen an address means. The screens themselves are loaded when they are first shown, a few at a time.
// Promises that every address below /app means one screen, `missing` if need be. Pure.

const patterns = {
  home: '/',
  start: '/start',
  monitors: '/monitors',
  'monitor-new': '/monitors/new',
  'monitor-edit': '/monitors/:key/edit',
  monitor: '/monitors/:key',
  events: '/events',
  event: '/events/:id',
  messages: '/messages',
  message: '/messages/:id',
  silences: '/silences',
  channels: '/channels',
  'channel-new': '/channels/new',
  'channel-edit': '/channels/:key',
  rules: '/rules',
  'rule-new': '/rules/new',
  'rule-edit': '/rules/:key',
  pages: '/pages',
  'page-new': '/pages/new',
  'page-edit': '/pages/:key/edit',
  page: '/pages/:key',
  profile: '/settings',
  security: '/settings/security',
  users: '/settings/people',
  user: '/settings/people/:id',
  tokens: '/settings/tokens',
  audit: '/settings/audit',
  system: '/settings/system',
} as const

export type ScreenName = keyof typeof patterns | 'missing'
export type Params = Readonly<Record<string, string>>

export interface Match {
  readonly screen: ScreenName
  readonly params: Params
}

const compiled = Object.entries(patterns).map(([screen, pattern]) => ({
  screen: screen as ScreenName,
  parts: pattern.split('/').slice(1),
}))

export function match(path: string): Match {
  const given = path.replace(/\/+$/, '').split('/').slice(1)
  const wanted = given.length === 0 ? [''] : given
  for (const { screen, parts } of compiled) {
    const params = fit(parts, wanted)
    if (params !== null) return { screen, params }
  }
  return { screen: 'missing', params: {} }
}

function fit(parts: readonly string[], given: readonly string[]): Params | null {
  if (parts.length !== given.length) return null
  const params: Record<string, string> = {}
  for (const [index, part] of parts.entries()) {
    const text = given[index] ?? ''
    if (!part.startsWith(':')) {
      if (part !== text) return null
      continue
    }
    try {
      params[part.slice(1)] = decodeURIComponent(text)
    } catch {
      return null
    }
  }
  return params
}
