// Passkeys: made by the browser, named, removed.
import { useSignal } from '@preact/signals'
import { at, get, patch, remove } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import { hasPasskeys, makePasskey } from '../api/passkeys.ts'
import type { ListOf, Passkey } from '../api/types.ts'
import { Ago, Trouble, Waiting } from '../parts/basics.tsx'
import { Button } from '../parts/button.tsx'
import { confirmed } from '../parts/confirm.tsx'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { toast } from '../parts/toast.tsx'
import { learnWho } from '../session.ts'
import { agentWords } from './people-words.ts'
import { Codes } from './security-totp.tsx'

export function Passkeys() {
  const passkeys = useLoaded('passkeys', (signal) => get<ListOf<Passkey>>('/me/passkeys', {}, signal))
  const codes = useSignal<readonly string[] | null>(null)
  const name = useSignal(agentWords(navigator.userAgent))
  const make = async () => {
    const made = await confirmed(() => makePasskey<Passkey & { codes: readonly string[] | null }>(name.value.trim()))
    codes.value = made.codes
    toast(`The passkey “${made.name}” is made.`)
    passkeys.again()
    await learnWho()
  }
  if (passkeys.problem) return <Trouble problem={passkeys.problem} again={passkeys.again} />
  if (!passkeys.value) return <Waiting />
  return (
    <div class="stack">
      <p>Sign in with the fingerprint, face or key of a device; there is nothing to be stolen or forgotten.</p>
      <ul class="stack">
        {passkeys.value.items.map((one) => (
          <One key={one.id} passkey={one} again={passkeys.again} />
        ))}
      </ul>
      {hasPasskeys() ? (
        <Form send={make} action="Make a passkey" look="main">
          {(wrong) => (
            <Field label="Name" value={name.value} set={(text) => (name.value = text)} wrong={wrong('name')} />
          )}
        </Form>
      ) : (
        <p class="muted">This browser makes no passkeys here; they need a recent browser and an address with https.</p>
      )}
      {codes.value !== null && <Codes codes={codes.value} close={() => (codes.value = null)} />}
    </div>
  )
}

function One({
  passkey: { id, name, createdAt, usedAt },
  again,
}: {
  readonly passkey: Passkey
  readonly again: () => void
}) {
  const rename = async () => {
    const next = window.prompt('What shall it be called?', name)
    if (next === null || next.trim() === '') return
    await patch(at('me', 'passkeys', id), { name: next })
    again()
  }
  const drop = async () => {
    await confirmed(() => remove(at('me', 'passkeys', id)))
    again()
  }
  return (
    <li class="line">
      <span class="grow">
        {name}
        <br />
        <span class="muted small">
          made <Ago at={createdAt} />
          {usedAt !== null && (
            <>
              , used <Ago at={usedAt} />
            </>
          )}
        </span>
      </span>
      <Button class="tiny" act={rename} label={`Rename ${name}`}>
        Rename
      </Button>
      <Button class="tiny" look="danger" act={drop} label={`Remove ${name}`} done={`“${name}” is removed.`}>
        Remove
      </Button>
    </li>
  )
}
