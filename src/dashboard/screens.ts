// Where each screen lies, loaded when it is first shown.
import type { ComponentType } from 'preact'
import type { Params, ScreenName } from './routes.ts'

export type Screen = ComponentType<{ readonly params: Params }>
type Load = () => Promise<Screen>

const edit = async () => (await import('./screens/edit-screens.ts')).edits
const lists = async () => await import('./screens/lists.tsx')
const events = async () => await import('./screens/events.tsx')

export const screens: Readonly<Record<ScreenName, Load>> = {
  home: async () => (await import('./screens/home.tsx')).Home,
  start: async () => (await import('./screens/start.tsx')).Start,
  monitors: async () => (await import('./screens/monitors.tsx')).Monitors,
  monitor: async () => (await import('./screens/monitor.tsx')).MonitorScreen,
  'monitor-new': async () => (await edit()).monitor,
  'monitor-edit': async () => (await edit()).monitor,
  events: async () => (await events()).Events,
  event: async () => (await import('./screens/event.tsx')).EventScreen,
  messages: async () => (await events()).Messages,
  message: async () => (await import('./screens/message.tsx')).MessageScreen,
  silences: async () => (await import('./screens/silences.tsx')).SilencesScreen,
  channels: async () => (await lists()).Channels,
  'channel-new': async () => (await edit()).channel,
  'channel-edit': async () => (await edit()).channel,
  rules: async () => (await lists()).Rules,
  'rule-new': async () => (await edit()).rule,
  'rule-edit': async () => (await edit()).rule,
  pages: async () => (await lists()).Pages,
  'page-new': async () => (await edit()).page,
  'page-edit': async () => (await edit()).page,
  page: async () => (await import('./screens/page.tsx')).PageScreen,
  profile: async () => (await import('./screens/settings.tsx')).ProfileScreen,
  security: async () => (await import('./screens/security.tsx')).SecurityScreen,
  users: async () => (await import('./screens/people.tsx')).PeopleScreen,
  user: async () => (await import('./screens/person.tsx')).PersonScreen,
  tokens: async () => (await import('./screens/tokens.tsx')).TokensScreen,
  audit: async () => (await import('./screens/audit.tsx')).AuditScreen,
  system: async () => (await import('./screens/system.tsx')).SystemScreen,
  missing: async () => (await import('./screens/missing.tsx')).Missing,
}
