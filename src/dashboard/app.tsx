// The application: who is at the door, and which screen is shown.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Problem } from './api/client.ts'
import { Failed, Trouble, Waiting } from './parts/basics.tsx'
import { Confirm } from './parts/confirm.tsx'
import { Dialog } from './parts/dialog.tsx'
import { match, type ScreenName } from './routes.ts'
import { place } from './router.ts'
import { type Screen, screens } from './screens.ts'
import { learnWho, session } from './session.ts'
import { Door } from './shell/door.tsx'
import { Frame } from './shell/frame.tsx'
import { Invitation, Reset, Setup } from './shell/links.tsx'
import { SignIn, SignInDoor } from './shell/sign-in.tsx'

const doors: Readonly<Record<string, () => preact.JSX.Element>> = {
  '/setup': Setup,
  '/invitation': Invitation,
  '/reset': Reset,
}

export function App() {
  const state = session.value
  const LinkDoor = doors[place.value.path]
  if (LinkDoor) return <LinkDoor />
  if (state.is === 'asking') return null
  if (state.is === 'out') return <SignInDoor />
  if (state.is === 'unreachable')
    return (
      <Door title="Not reachable">
        <Trouble problem={new Problem(0, 'offline', state.why)} again={() => void learnWho()} />
      </Door>
    )
  return (
    <>
      <Frame>
        <Shown />
      </Frame>
      <Confirm />
      {state.ended && (
        <Dialog title="Your session has ended" close={() => undefined}>
          <p>Sign in again; what is open behind this stays as it is.</p>
          <SignIn />
        </Dialog>
      )}
    </>
  )
}

const loaded = new Map<ScreenName, Screen>()

/** The screen that the address means, loaded when it is first wanted. */
function Shown() {
  const { screen, params } = match(place.value.path)
  const arrived = useSignal(0)
  const failed = useSignal<string | null>(null)
  void arrived.value
  const known = loaded.get(screen)
  useEffect(() => {
    if (known) return
    failed.value = null
    screens[screen]().then(
      (found) => {
        loaded.set(screen, found)
        arrived.value += 1
      },
      () => {
        failed.value = 'This part of the dashboard did not arrive; the server may be restarting. Load the page again.'
      },
    )
  }, [screen])
  if (failed.value !== null && !known) return <Failed problem={new Problem(0, 'offline', failed.value)} />
  if (!known) return <Waiting />
  const Known = known
  return <Known key={`${screen} ${Object.values(params).join(' ')}`} params={params} />
}
