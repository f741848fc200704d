// What proves who one is: password, authenticator app, passkeys, recovery codes; and the browsers that are signed in.
import { at, get, remove } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { ListOf, Session } from '../api/types.ts'
import { Ago, Badge, Panel, Trouble, Waiting } from '../parts/basics.tsx'
import { Button } from '../parts/button.tsx'
import { me } from '../session.ts'
import { agentWords } from './people-words.ts'
import { ChangePassword } from './security-password.tsx'
import { Passkeys } from './security-passkeys.tsx'
import { Totp } from './security-totp.tsx'
import { Settings } from './settings-frame.tsx'

export const SecurityScreen = () => (
  <Settings title="Security">
    {me.value?.session ? (
      <div class="split">
        <div class="stack wide">
          <Panel title="Password">
            <ChangePassword />
          </Panel>
          <Panel title="Authenticator app">
            <Totp />
          </Panel>
        </div>
        <div class="stack wide">
          <Panel title="Passkeys">
            <Passkeys />
          </Panel>
          <Sessions />
        </div>
      </div>
    ) : (
      <p>You are signed in by the proxy in front of this server; it keeps your account.</p>
    )}
  </Settings>
)

function Sessions() {
  const sessions = useLoaded('sessions', (signal) => get<ListOf<Session>>('/me/sessions', {}, signal))
  const end = async (id: number | null) => {
    await remove(id === null ? '/me/sessions' : at('me', 'sessions', id))
    sessions.again()
  }
  const { value } = sessions
  return (
    <Panel
      title="Where you are signed in"
      flush
      aside={
        value !== null &&
        value.items.length > 1 && (
          <Button class="tiny" act={() => end(null)} done="All other browsers are signed out.">
            Sign out all others
          </Button>
        )
      }
    >
      {sessions.problem && <Trouble problem={sessions.problem} again={sessions.again} />}
      {!value && !sessions.problem && <Waiting />}
      <ul class="rows">
        {value?.items.map((one) => (
          <li key={one.id} class="line">
            <span class="grow" title={one.agent ?? undefined}>
              {agentWords(one.agent)} {one.current && <Badge>this one</Badge>}
              <br />
              <span class="muted small">
                {one.address ?? 'unknown address'} · seen <Ago at={one.seenAt} /> · by {one.method}
              </span>
            </span>
            {!one.current && (
              <Button class="tiny" act={() => end(one.id)}>
                Sign out
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
