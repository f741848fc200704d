// The doors that a link opens once: the first owner, an invitation, a new password.
// Promises that the secret behind the # goes to the server only in a body, and leaves the address bar at once.
import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import { post } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { LabelLimit, Role } from '../api/types.ts'
import { Trouble, Waiting } from '../parts/basics.tsx'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { toast } from '../parts/toast.tsx'
import { base, go, place } from '../router.ts'
import { learnWho } from '../session.ts'
import { Door } from './door.tsx'

/** The secret of the link; it does not stay where the history would keep it. */
function useSecret(): string {
  return useMemo(() => {
    const secret = decodeURIComponent(place.peek().hash)
    if (secret !== '') window.history.replaceState(null, '', `${base}${place.peek().path}`)
    return secret
  }, [])
}

const Broken = ({ title, children }: { readonly title: string; readonly children: ComponentChildren }) => (
  <Door title={title}>
    {children}
    <a href={`${base}/`}>Go to the sign-in</a>
  </Door>
)

export function Setup() {
  const token = useSecret()
  const name = useSignal('')
  const email = useSignal('')
  const password = useSignal('')
  const send = async () => {
    await post('/setup', { token, name: name.value.trim(), email: email.value.trim(), password: password.value })
    await learnWho()
    go('/start', { replace: true })
  }
  if (token === '')
    return (
      <Broken title="The link is not whole">
        <p>What follows # in it is missing. Copy all of it from where the server printed it.</p>
      </Broken>
    )
  return (
    <Door title="Make the first account">
      <p class="muted">It owns everything here and invites the others.</p>
      <Form send={send} action="Make the account">
        {(wrong) => (
          <>
            <Field
              label="Your name"
              autoComplete="name"
              value={name.value}
              set={(text) => (name.value = text)}
              wrong={wrong('name')}
              autoFocus
            />
            <Field
              label="E-mail"
              type="email"
              autoComplete="username"
              value={email.value}
              set={(text) => (email.value = text)}
              wrong={wrong('email')}
            />
            <NewPassword password={password.value} set={(text) => (password.value = text)} wrong={wrong('password')} />
          </>
        )}
      </Form>
    </Door>
  )
}

interface NewPasswordProps {
  readonly password: string
  readonly set: (text: string) => void
  readonly wrong: string | undefined
  readonly label?: string
}

export const NewPassword = ({ password, set, wrong, label = 'Password' }: NewPasswordProps) => (
  <Field
    label={label}
    type="password"
    autoComplete="new-password"
    value={password}
    set={set}
    wrong={wrong}
    help="Ten characters or more, such as four words that do not belong together. Known leaked ones are refused."
  />
)

interface Invited {
  readonly email: string
  readonly role: Role
  readonly labels: LabelLimit
  readonly by: string
}

export function Invitation() {
  const token = useSecret()
  const invited = useLoaded('invitation', () => post<Invited>('/invitation/read', { token }))
  const name = useSignal('')
  const password = useSignal('')
  if (invited.problem)
    return (
      <Broken title="This invitation does not open">
        <Trouble problem={invited.problem} />
      </Broken>
    )
  if (!invited.value) return <Door title="Invitation">{<Waiting />}</Door>
  const { email, role, by } = invited.value
  const send = async () => {
    await post('/invitation/accept', { token, name: name.value.trim(), password: password.value })
    await learnWho()
    go('/', { replace: true })
  }
  return (
    <Door title="You are invited">
      <p>
        {by} invites <strong>{email}</strong> as {role}.
      </p>
      <Form send={send} action="Make the account">
        {(wrong) => (
          <>
            <Field
              label="Your name"
              autoComplete="name"
              value={name.value}
              set={(text) => (name.value = text)}
              wrong={wrong('name')}
              autoFocus
            />
            <input type="hidden" autoComplete="username" value={email} />
            <NewPassword password={password.value} set={(text) => (password.value = text)} wrong={wrong('password')} />
          </>
        )}
      </Form>
    </Door>
  )
}

export function Reset() {
  const token = useSecret()
  const whose = useLoaded('reset', () => post<{ email: string }>('/password/read', { token }))
  const password = useSignal('')
  if (whose.problem)
    return (
      <Broken title="This link does not open">
        <Trouble problem={whose.problem} />
      </Broken>
    )
  if (!whose.value) return <Door title="New password">{<Waiting />}</Door>
  const send = async () => {
    await post('/password/reset', { token, password: password.value })
    toast('The new password counts. Sign in with it.')
    await learnWho()
    go('/', { replace: true })
  }
  return (
    <Door title="Choose a new password">
      <p class="muted">For {whose.value.email}. All other browsers are signed out.</p>
      <Form send={send} action="Keep it">
        {(wrong) => (
          <NewPassword password={password.value} set={(text) => (password.value = text)} wrong={wrong('password')} />
        )}
      </Form>
    </Door>
  )
}
