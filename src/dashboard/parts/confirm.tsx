// A fresh proof of who one is, asked for when the server wants one before it changes something.
// Promises that what was begun goes on by itself once the proof is given.
import { signal, useSignal } from '@preact/signals'
import { post, Problem } from '../api/client.ts'
import { hasPasskeys, prove } from '../api/passkeys.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { Field } from './field.tsx'
import { Form } from './form.tsx'

interface Wanted {
  readonly proven: () => void
  readonly given: (error: Problem) => void
}

const wanted = signal<Wanted | null>(null)

/** Does the work; where the server wants to know first who it is, asks for that and does it then. */
export async function confirmed<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Problem) || error.kind !== 'unconfirmed') throw error
    await new Promise<void>((proven, given) => {
      wanted.value = { proven, given }
    })
    return await work()
  }
}

export function Confirm() {
  const asked = wanted.value
  const password = useSignal('')
  if (asked === null) return null
  const done = () => {
    wanted.value = null
    password.value = ''
    asked.proven()
  }
  const cancel = () => {
    wanted.value = null
    asked.given(new Problem(0, 'unconfirmed', 'Nothing was changed: who you are was not confirmed.'))
  }
  return (
    <Dialog title="Confirm that it is you" close={cancel}>
      <p>This changes what protects your account, so prove again who you are.</p>
      <Form
        action="Confirm"
        send={async () => {
          await post('/session/confirm', { password: password.value })
          done()
        }}
      >
        {(wrong) => (
          <Field
            label="Password"
            type="password"
            autoComplete="current-password"
            value={password.value}
            set={(text) => (password.value = text)}
            wrong={wrong('password')}
            autoFocus
          />
        )}
      </Form>
      {hasPasskeys() && (
        <Button
          act={async () => {
            await prove('/session/confirm/passkey', {})
            done()
          }}
        >
          Use a passkey
        </Button>
      )}
    </Dialog>
  )
}
