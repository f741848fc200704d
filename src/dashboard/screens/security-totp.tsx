// The authenticator app: a secret to type or scan, taken into use by a code of it; and the recovery codes.
import { useSignal } from '@preact/signals'
import { post, remove } from '../api/client.ts'
import { Button, Copy } from '../parts/button.tsx'
import { confirmed } from '../parts/confirm.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Field } from '../parts/field.tsx'
import { Form } from '../parts/form.tsx'
import { Qr } from '../parts/qr.tsx'
import { learnWho, me } from '../session.ts'
import { count } from '../words.ts'

interface Offer {
  readonly ticket: string
  readonly secret: string
  readonly uri: string
}

export function Totp() {
  const offer = useSignal<Offer | null>(null)
  const codes = useSignal<readonly string[] | null>(null)
  const has = me.value?.user?.hasTotp ?? false
  const left = me.value?.recoveryCodes ?? null
  const begin = async () => {
    offer.value = await confirmed(() => post<Offer>('/me/totp'))
  }
  const renew = async () => {
    codes.value = (await confirmed(() => post<{ codes: readonly string[] }>('/me/recovery-codes'))).codes
    await learnWho()
  }
  const stop = async () => {
    await confirmed(() => remove('/me/totp'))
    await learnWho()
  }
  const taken = async (fresh: readonly string[] | null) => {
    offer.value = null
    codes.value = fresh
    await learnWho()
  }
  return (
    <div class="stack">
      <p>
        {has
          ? 'A code of your app is asked for after the password.'
          : 'A code of an app on your phone, asked for after the password, protects you when others know the password.'}
      </p>
      {left !== null && left > 0 && <p class="muted">{count(left, 'recovery code')} left.</p>}
      <div class="line">
        <Button act={begin}>{has ? 'Use another app' : 'Set up'}</Button>
        {left !== null && left > 0 && <Button act={renew}>New recovery codes</Button>}
        {has && (
          <Button look="danger" act={stop} done="No code is asked for any more.">
            Use none
          </Button>
        )}
      </div>
      {offer.value !== null && <TakeOffer offer={offer.value} taken={taken} close={() => (offer.value = null)} />}
      {codes.value !== null && <Codes codes={codes.value} close={() => (codes.value = null)} />}
    </div>
  )
}

interface OfferProps {
  readonly offer: Offer
  readonly taken: (codes: readonly string[] | null) => Promise<void>
  readonly close: () => void
}

function TakeOffer({ offer: { ticket, secret, uri }, taken, close }: OfferProps) {
  const code = useSignal('')
  const send = async () => {
    const body = { ticket, code: code.value.replaceAll(/\s/g, '') }
    await taken((await confirmed(() => post<{ codes: readonly string[] | null }>('/me/totp/confirm', body))).codes)
  }
  return (
    <Dialog title="Set up the app" close={close}>
      <p>Scan this with the app, or type the secret into it. Then enter the code that it shows.</p>
      <Qr text={uri} label="QR code for the authenticator app" />
      <Copy text={secret.replaceAll(/(.{4})(?=.)/g, '$1 ')} />
      <Form send={send} action="Take it into use">
        {(wrong) => (
          <Field
            label="Code"
            value={code.value}
            set={(text) => (code.value = text)}
            autoComplete="one-time-code"
            wrong={wrong('code')}
            autoFocus
          />
        )}
      </Form>
    </Dialog>
  )
}

export const Codes = ({ codes, close }: { readonly codes: readonly string[]; readonly close: () => void }) => (
  <Dialog title="Recovery codes" close={close}>
    <p>Each lets you in once when the app or the passkey is lost. They are shown only now: print them, or keep them.</p>
    <ul class="code-list">
      {codes.map((code) => (
        <li key={code}>{code}</li>
      ))}
    </ul>
    <Copy text={codes.join(' ')} label="Copy all" />
    <div class="line">
      <button type="button" class="button main" onClick={close}>
        I have kept them
      </button>
    </div>
  </Dialog>
)
