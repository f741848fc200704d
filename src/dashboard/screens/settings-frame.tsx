// The frame of all settings: one's own first, then what administrators look after.
import type { ComponentChildren } from 'preact'
import { Head } from '../parts/basics.tsx'
import { base, place } from '../router.ts'
import { may, me } from '../session.ts'

const tabs = [
  { to: '/settings', word: 'Profile', admin: false },
  { to: '/settings/security', word: 'Security', admin: false },
  { to: '/settings/people', word: 'People', admin: true },
  { to: '/settings/tokens', word: 'Tokens', admin: true },
  { to: '/settings/audit', word: 'Audit log', admin: true },
  { to: '/settings/system', word: 'System', admin: false },
]

interface SettingsProps {
  readonly title: string
  readonly children: ComponentChildren
  readonly actions?: ComponentChildren
  /** The tab that a screen within it belongs to. */
  readonly of?: string
}

export const Settings = ({ title, children, actions, of = place.value.path }: SettingsProps) => (
  <div class="screen">
    <Head title={title}>{actions}</Head>
    <nav class="tabs" aria-label="Settings">
      {tabs
        .filter(({ admin, to }) => (!admin || may('admin')) && (to !== '/settings/security' || me.value?.session))
        .map(({ to, word }) => (
          <a key={to} href={`${base}${to}`} aria-current={of === to ? 'page' : undefined}>
            {word}
          </a>
        ))}
    </nav>
    {children}
  </div>
)
