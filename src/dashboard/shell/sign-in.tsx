// Signing in: password and second step, passkey, single sign-on, and a forgotten password.
// Promises the same words whether an account exists or not; the server's are shown as they are.
import { useSignal } from '@preact/signals'
import { get, post } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import { hasPasskeys, prove } from '../api/passkeys.ts'
import type { SignedIn, Ways } from '../api/types.ts'
import { Trouble, Waiting } from '../parts/basics.tsx'
import { Button } from '../parts/button.tsx'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { base, place } from '../router.ts'
import { learnWho } from '../session.ts'
import { Door } from './door.tsx'

const oidcFaults: Readonly<Record<string, string>> = {
  denied: 'The identity provider refused the sign-in.',
  expired: 'The sign-in took too long, or was begun in another browser; try again.',
  refused: 'The identity provider knows you, but nobody has given you access here. Ask an administrator.',
  provider: 'The identity provider could not be asked; the server’s log says why.',
  too_many: 'Too many attempts; wait a quarter of an hour.',
}

export function SignInDoor() {
  const ways = useLoaded('ways', () => get<Ways>('/sign-in'))
  if (ways.value?.setup) return <NobodyYet oidc={ways.value.oidc} />
  return (
    <Door title="Sign in">
      <SignIn />
    </Door>
  )
}

const NobodyYet = ({ oidc }: Pick<Ways, 'oidc'>) => (
  <Door title="Nobody has an account yet">
    <p>
      The server printed a link when it started. Open it to make the first account, which owns everything. It works
      once.
    </p>
    <p class="muted">Gone from the screen? This prints a new one, on the machine where the server runs:</p>
    <pre>allswell token --owner</pre>
    <Fault />
    {oidc && (
      <>
        <p class="or">or</p>
        <WithProvider oidc={oidc} />
      </>
    )}
  </Door>
)

/** The ways in, without a frame: also shown over what is open when a session has ended. */
export function SignIn() {
  const ways = useLoaded('ways', () => get<Ways>('/sign-in'))
  const step = useSignal<Extract<SignedIn, { done: false }> | null>(null)
  const forgot = useSignal(false)
  const take = async (answer: SignedIn) => {
    if (answer.done) await learnWho()
    else step.value = answer
  }
  if (ways.problem) return <Trouble problem={ways.problem} again={ways.again} />
  if (!ways.value) return <Waiting />
  if (step.value) return <SecondStep step={step.value} take={take} back={() => (step.value = null)} />
  if (forgot.value) return <Forgot back={() => (forgot.value = false)} />
  const { passwords, oidc, mail } = ways.value
  return (
    <div class="stack">
      <Fault />
      {oidc && <WithProvider oidc={oidc} />}
      {oidc && passwords && <p class="or">or</p>}
      {passwords && <WithPassword take={take} />}
      {passwords && mail && (
        <button type="button" class="link-button" onClick={() => (forgot.value = true)}>
          Forgotten your password?
        </button>
      )}
      {passwords && hasPasskeys() && <WithPasskey take={take} />}
    </div>
  )
}

/** What went wrong at the identity provider, who sends people back here. */
function Fault() {
  const fault = oidcFaults[place.value.query.get('error') ?? '']
  return fault === undefined ? null : (
    <p class="notice bad" role="alert">
      {fault}
    </p>
  )
}

const WithProvider = ({ oidc }: { readonly oidc: NonNullable<Ways['oidc']> }) => (
  <a class="button main" href={`${oidc.start}?to=${encodeURIComponent(here())}`} target="_self">
    Sign in with {oidc.name}
  </a>
)

const here = () =>
  place.value.path === '/sign-in' ? `${base}/` : `${window.location.pathname}${window.location.search}`

type Take = (answer: SignedIn) => Promise<void>

function WithPassword({ take }: { readonly take: Take }) {
  const email = useSignal('')
  const password = useSignal('')
  const send = async () =>
    take(await post<SignedIn>('/session', { email: email.value.trim(), password: password.value }))
  return (
    <Form send={send} action="Sign in">
      {(wrong) => (
        <>
          <Field
            label="E-mail"
            type="email"
            autoComplete="username"
            value={email.value}
            set={(text) => (email.value = text)}
            wrong={wrong('email')}
            autoFocus
          />
          <Field
            label="Password"
            type="password"
            autoComplete="current-password"
            value={password.value}
            set={(text) => (password.value = text)}
            wrong={wrong('password')}
          />
        </>
      )}
    </Form>
  )
}

const WithPasskey = ({ take }: { readonly take: Take }) => (
  <>
    <p class="or">or</p>
    <Button act={async () => take(await prove<SignedIn>('/session/passkey', {}))}>Use a passkey</Button>
  </>
)

interface StepProps {
  readonly step: Extract<SignedIn, { done: false }>
  readonly take: Take
  readonly back: () => void
}

function SecondStep({ step: { ticket, factors }, take, back }: StepProps) {
  const code = useSignal('')
  const withCode = factors.some((one) => one !== 'passkey')
  const send = async () => take(await post<SignedIn>('/session/code', { ticket, code: code.value.trim() }))
  return (
    <div class="stack">
      <p>The password is right. This account asks for a second proof.</p>
      {factors.includes('passkey') && hasPasskeys() && (
        <Button look="main" act={async () => take(await prove<SignedIn>('/session/passkey', { ticket }))}>
          Use a passkey
        </Button>
      )}
      {withCode && (
        <Form send={send} action="Go on">
          {(wrong) => (
            <Field
              label={factors.includes('totp') ? 'Code of your authenticator app' : 'Recovery code'}
              value={code.value}
              set={(text) => (code.value = text)}
              autoComplete="one-time-code"
              help={factors.includes('totp') ? 'Or one of your recovery codes.' : undefined}
              wrong={wrong('code')}
              autoFocus
            />
          )}
        </Form>
      )}
      <button type="button" class="link-button" onClick={back}>
        Back
      </button>
    </div>
  )
}

function Forgot({ back }: { readonly back: () => void }) {
  const email = useSignal('')
  const said = useSignal<string | null>(null)
  const send = async () => {
    said.value = (await post<{ detail: string }>('/password/forgot', { email: email.value.trim() })).detail
  }
  return (
    <div class="stack">
      {said.value !== null ? (
        <p class="notice good" role="status">
          {said.value}
        </p>
      ) : (
        <Form send={send} action="Send a link">
          {(wrong) => (
            <Field
              label="E-mail"
              type="email"
              autoComplete="username"
              value={email.value}
              set={(text) => (email.value = text)}
              wrong={wrong('email')}
              help="A link comes by mail, with which you choose a new password."
              autoFocus
            />
          )}
        </Form>
      )}
      <button type="button" class="link-button" onClick={back}>
        Back
      </button>
    </div>
  )
}
