// The frame around every screen: navigation, what is wrong with the view itself, messages.
import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Kbd } from '../parts/basics.tsx'
import { Button } from '../parts/button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Sprite } from '../parts/shape.tsx'
import { Toasts } from '../parts/toast.tsx'
import { base, place } from '../router.ts'
import { may, me, signOut } from '../session.ts'
import { openPalette, overlay } from './commands.ts'
import { Logo } from './door.tsx'
import { Help } from './help.tsx'
import { Icon, type IconName } from './icons.tsx'
import { LostBar } from './lost.tsx'
import { Palette } from './palette.tsx'

interface Place {
  readonly to: string
  readonly word: string
  readonly icon: IconName
}

const places: readonly Place[] = [
  { to: '/', word: 'Home', icon: 'home' },
  { to: '/monitors', word: 'Monitors', icon: 'monitors' },
  { to: '/events', word: 'Events', icon: 'events' },
  { to: '/silences', word: 'Silences', icon: 'silences' },
  { to: '/channels', word: 'Channels', icon: 'channels' },
  { to: '/rules', word: 'Rules', icon: 'rules' },
  { to: '/pages', word: 'Status pages', icon: 'pages' },
  { to: '/settings', word: 'Settings', icon: 'settings' },
]

const isHere = ({ to }: Place): boolean => {
  const { path } = place.value
  if (to === '/events' && path.startsWith('/messages')) return true
  return to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`)
}

const NavLink = ({ to }: { readonly to: Place }) => (
  <a href={`${base}${to.to}`} aria-current={isHere(to) ? 'page' : undefined}>
    <Icon name={to.icon} />
    {to.word}
  </a>
)

export function Frame({ children }: { readonly children: ComponentChildren }) {
  const main = useRef<HTMLElement>(null)
  const { path } = place.value
  const first = useRef(true)
  // Who cannot see that the screen has changed hears its title.
  useEffect(() => {
    if (!first.current) main.current?.focus({ preventScroll: true })
    first.current = false
  }, [path])
  return (
    <>
      <a class="skip" href="#main" target="_self">
        Skip to the content
      </a>
      <Sprite />
      <div class="shell">
        <Side />
        <div class="column">
          <LostBar />
          <main class="content" id="main" tabIndex={-1} ref={main}>
            {children}
          </main>
        </div>
      </div>
      <Bottom />
      <Toasts />
      {overlay.value === 'palette' && <Palette />}
      {overlay.value === 'help' && <Help />}
    </>
  )
}

const Side = () => (
  <header class="side">
    <a class="brand" href={`${base}/`}>
      <Logo />
      Allswell
    </a>
    <nav aria-label="Main">
      <ul>
        {places.map((to) => (
          <li key={to.to}>
            <NavLink to={to} />
          </li>
        ))}
      </ul>
    </nav>
    <div class="foot">
      <button type="button" class="button plain" onClick={() => openPalette()}>
        Find <Kbd>Ctrl K</Kbd>
      </button>
      <a class="button plain" href="/" target="_blank" rel="noopener">
        Public page ↗
      </a>
      <p class="who small">
        <span class="cut">{me.value?.user?.name ?? me.value?.name}</span>
        <br />
        <span class="muted">{me.value?.role ?? 'token'}</span>
      </p>
      {me.value?.session && (
        <Button look="plain" act={signOut}>
          Sign out
        </Button>
      )}
    </div>
  </header>
)

function Bottom() {
  const open = useSignal(false)
  const { path } = place.value
  useEffect(() => {
    open.value = false
  }, [path])
  return (
    <nav class="tabs-bottom" aria-label="Main, at the bottom">
      {places.slice(0, 4).map((to) => (
        <NavLink key={to.to} to={to} />
      ))}
      <button type="button" onClick={() => (open.value = true)} aria-haspopup="dialog">
        <Icon name="more" />
        More
      </button>
      {open.value && (
        <Dialog title="More" close={() => (open.value = false)}>
          <div class="more-menu">
            {places.slice(4).map(({ to, word }) => (
              <a key={to} class="button" href={`${base}${to}`}>
                {word}
              </a>
            ))}
            <a class="button" href="/" target="_blank" rel="noopener">
              Public page ↗
            </a>
            <button type="button" class="button" onClick={() => ((open.value = false), openPalette())}>
              Find
            </button>
            {may('read') && me.value?.session && <Button act={signOut}>Sign out</Button>}
          </div>
        </Dialog>
      )}
    </nav>
  )
}
