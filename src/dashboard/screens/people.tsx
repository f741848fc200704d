// People: who may enter, as what, and those who are invited.
import { useSignal } from '@preact/signals'
import { at, get, post, remove } from '../api/client.ts'
import { type Loaded, useLoaded } from '../api/loaded.ts'
import type { Invitation, ListOf, Role, Sent, User } from '../api/types.ts'
import { Ago, Badge, Panel, Trouble, Waiting } from '../parts/basics.tsx'
import { Button, Copy } from '../parts/button.tsx'
import { Cancel, Dialog } from '../parts/dialog.tsx'
import { Field, Select } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { base } from '../router.ts'
import { may, me } from '../session.ts'
import { limitWords, readLimit, roleOptions } from './people-words.ts'
import { Settings } from './settings-frame.tsx'

export function PeopleScreen() {
  const users = useLoaded('users', (signal) => get<ListOf<User>>('/users', {}, signal))
  const invited = useLoaded('invitations', (signal) => get<ListOf<Invitation>>('/invitations', {}, signal))
  const open = useSignal(false)
  const invite = may('admin') && (
    <button type="button" class="button main" onClick={() => (open.value = true)}>
      Invite somebody
    </button>
  )
  return (
    <Settings title="People" actions={invite}>
      {users.problem && <Trouble problem={users.problem} again={users.again} />}
      {!users.value && !users.problem && <Waiting />}
      <div class="stack wide">
        {users.value && <Users users={users.value.items} />}
        {invited.value && invited.value.items.length > 0 && <Invited invited={invited} />}
      </div>
      {open.value && (
        <Invite
          close={() => {
            open.value = false
            invited.again()
          }}
        />
      )}
    </Settings>
  )
}

const Users = ({ users }: { readonly users: readonly User[] }) => (
  <div class="table-wrap">
    <table class="table">
      <thead>
        <tr>
          <th>Name</th>
          <th class="desk">E-mail</th>
          <th>Role</th>
          <th class="desk">Sees</th>
          <th class="desk">Protected by</th>
          <th>Seen</th>
        </tr>
      </thead>
      <tbody>
        {users.map((user) => (
          <tr key={user.id}>
            <td class="name">
              <a class="quiet" href={`${base}/settings/people/${user.id}`}>
                {user.name}
              </a>{' '}
              {user.disabled && <Badge>disabled</Badge>}
            </td>
            <td class="desk">{user.email}</td>
            <td>{user.role}</td>
            <td class="desk">{limitWords(user.labels)}</td>
            <td class="desk">{protectionWords(user)}</td>
            <td class="nowrap">{user.seenAt === null ? 'never' : <Ago at={user.seenAt} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

export const protectionWords = ({ hasPassword, hasTotp, external }: User): string =>
  [hasPassword ? 'password' : '', hasTotp ? 'app' : '', external ? 'single sign-on' : ''].filter(Boolean).join(', ') ||
  'passkey'

const Invited = ({ invited }: { readonly invited: Loaded<ListOf<Invitation>> }) => (
  <Panel title="Invited, and not here yet" flush>
    <ul class="rows">
      {invited.value?.items.map((one) => (
        <li key={one.id} class="line">
          <span class="grow">
            {one.email} as {one.role}
            <br />
            <span class="muted small">
              by {one.by} <Ago at={one.createdAt} />, sees {limitWords(one.labels)}; the link ends{' '}
              <Ago at={one.expiresAt} />
            </span>
          </span>
          <Button
            class="tiny"
            act={async () => {
              await remove(at('invitations', one.id))
              invited.again()
            }}
          >
            Take back
          </Button>
        </li>
      ))}
    </ul>
  </Panel>
)

interface Made {
  readonly link: string
  readonly sent: Sent | null
}

function Invite({ close }: { readonly close: () => void }) {
  const email = useSignal('')
  const role = useSignal<Role>('editor')
  const limit = useSignal('')
  const made = useSignal<Made | null>(null)
  const send = async () => {
    const labels = readLimit(limit.value)
    const body = { email: email.value.trim(), role: role.value, ...(labels === null ? {} : { labels }) }
    made.value = await post<Made>('/invitations', body)
  }
  const roles = me.value?.role === 'owner' ? roleOptions : roleOptions.filter(([one]) => one !== 'owner')
  if (made.value !== null) return <Link made={made.value} title="Invited" close={close} />
  return (
    <Dialog title="Invite somebody" close={close}>
      <Form send={send} action="Invite" beside={<Cancel close={close} />}>
        {(wrong) => (
          <>
            <Field
              label="E-mail"
              type="email"
              value={email.value}
              set={(text) => (email.value = text)}
              wrong={wrong('email')}
              autoFocus
            />
            <Select
              label="Role"
              value={role.value}
              set={(value) => (role.value = value as Role)}
              options={roles.toReversed()}
            />
            {role.value !== 'owner' && role.value !== 'admin' && (
              <Field
                label="Only monitors with these labels"
                value={limit.value}
                set={(text) => (limit.value = text)}
                placeholder="team=shop"
                help="Left empty: all. For either of two values write team=shop|pay."
                wrong={wrong('labels')}
              />
            )}
          </>
        )}
      </Form>
    </Dialog>
  )
}

interface LinkProps {
  readonly made: Made
  readonly title: string
  readonly close: () => void
}

/** A link that works once, to be handed over where no mail could bring it. */
export const Link = ({ made: { link, sent }, title, close }: LinkProps) => (
  <Dialog title={title} close={close} firm>
    <p>
      {sent === null
        ? 'No mail server is set, so hand this link over yourself. It works once.'
        : sent.ok
          ? 'The link was sent by mail. Here it is, too; it works once.'
          : `The mail could not be sent (${sent.detail}), so hand this link over yourself. It works once.`}
    </p>
    <Copy text={link} />
    <div class="line">
      <button type="button" class="button main" onClick={close}>
        Done
      </button>
    </div>
  </Dialog>
)
