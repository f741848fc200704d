// Choosing a new password; every other browser is signed out by it.
import { useSignal } from '@preact/signals'
import { post } from '../api/client.ts'
import { confirmed } from '../parts/confirm.tsx'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { toast } from '../parts/toast.tsx'
import { learnWho, me } from '../session.ts'
import { NewPassword } from '../shell/links.tsx'

export function ChangePassword() {
  const current = useSignal('')
  const password = useSignal('')
  const has = me.value?.user?.hasPassword ?? false
  const send = async () => {
    const body = has ? { current: current.value, password: password.value } : { password: password.value }
    await confirmed(() => post('/me/password', body))
    current.value = ''
    password.value = ''
    await learnWho()
    toast('The new password counts. All other browsers are signed out.')
  }
  return (
    <Form send={send} action={has ? 'Change the password' : 'Set a password'}>
      {(wrong) => (
        <>
          {has && (
            <Field
              label="Present password"
              type="password"
              autoComplete="current-password"
              value={current.value}
              set={(text) => (current.value = text)}
              wrong={wrong('current')}
            />
          )}
          <NewPassword
            label="New password"
            password={password.value}
            set={(text) => (password.value = text)}
            wrong={wrong('password')}
          />
        </>
      )}
    </Form>
  )
}
