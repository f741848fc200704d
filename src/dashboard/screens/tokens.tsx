// Tokens: with what programs enter, what each may, until when, and when it was used last.
import { useSignal } from '@preact/signals'
import { at, get, post, remove } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { ListOf, Token } from '../api/types.ts'
import { clock } from '../clock.ts'
import { Ago, Empty, Trouble, Waiting } from '../parts/basics.tsx'
import { Button, Copy } from '../parts/button.tsx'
import { Cancel, Dialog } from '../parts/dialog.tsx'
import { Field, Select } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { limitWords, readLimit } from './people-words.ts'
import { Settings } from './settings-frame.tsx'

export function TokensScreen() {
  const tokens = useLoaded('tokens', (signal) => get<ListOf<Token>>('/tokens', {}, signal))
  const open = useSignal(false)
  const make = (
    <button type="button" class="button main" onClick={() => (open.value = true)}>
      New token
    </button>
  )
  return (
    <Settings title="Tokens" actions={make}>
      {tokens.problem && <Trouble problem={tokens.problem} again={tokens.again} />}
      {!tokens.value && !tokens.problem && <Waiting />}
      {tokens.value?.items.length === 0 && (
        <Empty title="No token yet">
          <p>A token lets a program use the API: a deploy script, a dashboard of your own, a job’s heartbeats.</p>
        </Empty>
      )}
      {tokens.value && tokens.value.items.length > 0 && <TokenTable tokens={tokens.value.items} again={tokens.again} />}
      {open.value && (
        <NewToken
          close={() => {
            open.value = false
            tokens.again()
          }}
        />
      )}
    </Settings>
  )
}

const TokenTable = ({ tokens, again }: { readonly tokens: readonly Token[]; readonly again: () => void }) => (
  <div class="table-wrap">
    <table class="table">
      <thead>
        <tr>
          <th>Name</th>
          <th>May</th>
          <th class="desk">Sees</th>
          <th class="desk">Made by</th>
          <th>Used</th>
          <th class="desk">Ends</th>
          <th class="right">Do</th>
        </tr>
      </thead>
      <tbody>
        {tokens.map((one) => (
          <tr key={one.id}>
            <td class="strong">{one.name}</td>
            <td>{one.scopes.join(', ')}</td>
            <td class="desk">{limitWords(one.labels)}</td>
            <td class="desk">{one.madeBy ?? ''}</td>
            <td class="nowrap">{one.lastUsedAt === null ? 'never' : <Ago at={one.lastUsedAt} />}</td>
            <td class="desk nowrap">{one.expiresAt === null ? 'never' : <Ago at={one.expiresAt} />}</td>
            <td class="right">
              <Button
                class="tiny"
                look="danger"
                label={`Revoke ${one.name}`}
                done={`“${one.name}” is revoked.`}
                act={async () => {
                  await remove(at('tokens', one.id))
                  again()
                }}
              >
                Revoke
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

const scopes = [
  ['read', 'Read: everything that is shown'],
  ['report', 'Report: heartbeats from anywhere'],
  ['respond', 'Respond: read, acknowledge, silence, check now'],
  ['edit', 'Edit: respond, and change objects'],
  ['admin', 'Admin: everything'],
] as const

const spans = [
  ['', 'never'],
  ['7', 'in a week'],
  ['30', 'in a month'],
  ['90', 'in three months'],
  ['365', 'in a year'],
] as const

function NewToken({ close }: { readonly close: () => void }) {
  const name = useSignal('')
  const scope = useSignal<string>('read')
  const days = useSignal('')
  const limit = useSignal('')
  const secret = useSignal<string | null>(null)
  const send = async () => {
    const labels = readLimit(limit.value)
    const expiresAt = days.value === '' ? null : new Date(clock.now() + Number(days.value) * 86_400_000).toISOString()
    const body = { name: name.value.trim(), scopes: [scope.value], expiresAt, ...(labels === null ? {} : { labels }) }
    secret.value = (await post<{ secret: string }>('/tokens', body)).secret
  }
  if (secret.value !== null)
    return (
      <Dialog title="The token" close={close} firm>
        <p>It is shown only now. Keep it where the program finds it, and nowhere else.</p>
        <Copy text={secret.value} />
        <div class="line">
          <button type="button" class="button main" onClick={close}>
            Done
          </button>
        </div>
      </Dialog>
    )
  return (
    <Dialog title="New token" close={close}>
      <Form send={send} action="Make it" beside={<Cancel close={close} />}>
        {(wrong) => (
          <>
            <Field
              label="What it is for"
              value={name.value}
              set={(text) => (name.value = text)}
              wrong={wrong('name')}
              autoFocus
            />
            <Select label="May" value={scope.value} set={(value) => (scope.value = value)} options={scopes} />
            <Field
              label="Only monitors with these labels"
              value={limit.value}
              set={(text) => (limit.value = text)}
              placeholder="all"
              help="Such as team=shop, or team=shop|pay for either."
              wrong={wrong('labels')}
            />
            <Select label="Ends" value={days.value} set={(value) => (days.value = value)} options={spans} />
          </>
        )}
      </Form>
    </Dialog>
  )
}
