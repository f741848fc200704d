// One person: role and limits, where they are signed in, and helping them when they have lost what lets them in.
import { useSignal } from '@preact/signals'
import { at, get, patch, post, remove } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { ListOf, Role, Sent, Session, User } from '../api/types.ts'
import { Ago, Failed, Panel, Waiting } from '../parts/basics.tsx'
import { Button } from '../parts/button.tsx'
import { Field, Select } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { toast } from '../parts/toast.tsx'
import { go } from '../router.ts'
import type { Params } from '../routes.ts'
import { me } from '../session.ts'
import { count } from '../words.ts'
import { Link, protectionWords } from './people.tsx'
import { agentWords, readLimit, roleOptions, writeLimit } from './people-words.ts'
import { Settings } from './settings-frame.tsx'

export function PersonScreen({ params: { id = '' } }: { readonly params: Params }) {
  const user = useLoaded(`user ${id}`, (signal) => get<User>(at('users', id), {}, signal))
  if (user.problem) return <Failed problem={user.problem} again={user.again} />
  if (!user.value) return <Waiting />
  return (
    <Settings title={user.value.name} of="/settings/people">
      <div class="split">
        <Panel title="Account">
          <Account key={user.value.revision} user={user.value} saved={user.put} />
        </Panel>
        <div class="stack wide">
          <Panel title="Their access">
            <Help user={user.value} again={user.again} />
          </Panel>
          <Sessions user={user.value} />
        </div>
      </div>
    </Settings>
  )
}

interface AccountProps {
  readonly user: User
  readonly saved: (user: User) => void
}

function Account({ user, saved }: AccountProps) {
  const name = useSignal(user.name)
  const email = useSignal(user.email)
  const role = useSignal<Role>(user.role)
  const limit = useSignal(writeLimit(user.labels))
  const send = async () => {
    const labels = readLimit(limit.value)
    const body = { name: name.value.trim(), email: email.value.trim(), role: role.value, labels }
    saved(await patch<User>(at('users', user.id), body, { revision: user.revision }))
    toast('Saved.')
  }
  const roles = me.value?.role === 'owner' ? roleOptions : roleOptions.filter(([one]) => one !== 'owner')
  return (
    <Form send={send} action="Save">
      {(wrong) => (
        <>
          <Field label="Name" value={name.value} set={(text) => (name.value = text)} wrong={wrong('name')} />
          <Field
            label="E-mail"
            type="email"
            value={email.value}
            set={(text) => (email.value = text)}
            wrong={wrong('email')}
          />
          <Select
            label="Role"
            value={role.value}
            set={(value) => (role.value = value as Role)}
            options={roles.toReversed()}
            help="With another role they sign in anew."
          />
          <Field
            label="Only monitors with these labels"
            value={limit.value}
            set={(text) => (limit.value = text)}
            placeholder="all"
            help="Such as team=shop, or team=shop|pay for either. Owners and admins see everything."
            wrong={wrong('labels')}
          />
        </>
      )}
    </Form>
  )
}

function Help({ user, again }: { readonly user: User; readonly again: () => void }) {
  const link = useSignal<{ link: string; sent: Sent | null } | null>(null)
  const path = (...rest: string[]) => at('users', user.id, ...rest)
  const reset = async () => {
    link.value = await post(path('reset'))
  }
  const factors = async () => {
    await remove(path('factors'))
    again()
  }
  const disable = async () => {
    await patch(path(), { disabled: !user.disabled }, { revision: user.revision })
    again()
  }
  const drop = async () => {
    if (!window.confirm(`Remove ${user.name}? What they changed stays on record.`)) return
    await remove(path())
    toast(`${user.name} is removed.`)
    go('/settings/people')
  }
  return (
    <div class="stack">
      <p class="muted">Protected by: {protectionWords(user)}.</p>
      <div class="line">
        <Button act={reset}>Link for a new password</Button>
        <Button act={factors} done="App, passkeys and recovery codes are taken away.">
          Take away second factors
        </Button>
      </div>
      <p class="help">For somebody who has lost what lets them in.</p>
      {user.id === me.value?.user?.id ? (
        <p class="muted">This is your own account; another owner can disable or remove it.</p>
      ) : (
        <div class="line">
          <Button act={disable}>{user.disabled ? 'Let in again' : 'Disable'}</Button>
          <Button look="danger" act={drop}>
            Remove
          </Button>
        </div>
      )}
      {link.value !== null && <Link made={link.value} title="A new password" close={() => (link.value = null)} />}
    </div>
  )
}

function Sessions({ user }: { readonly user: User }) {
  const sessions = useLoaded(`sessions of ${user.id}`, (signal) =>
    get<ListOf<Session>>(at('users', user.id, 'sessions'), {}, signal),
  )
  const items = sessions.value?.items ?? []
  const end = async () => {
    await remove(at('users', user.id, 'sessions'))
    sessions.again()
  }
  return (
    <Panel
      title={`Signed in with ${count(items.length, 'browser')}`}
      flush={items.length > 0}
      aside={
        items.length > 0 && (
          <Button class="tiny" act={end} done={`${user.name} is signed out everywhere.`}>
            Sign out everywhere
          </Button>
        )
      }
    >
      <ul class="rows">
        {items.map((one) => (
          <li key={one.id}>
            {agentWords(one.agent)}{' '}
            <span class="muted small">
              {one.address ?? ''} · seen <Ago at={one.seenAt} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
