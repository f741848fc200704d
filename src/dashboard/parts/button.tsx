// A button for something that takes its time, and one that copies.
// Promises that it cannot be pressed twice meanwhile, that what went wrong is said, and that success is.
import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { sentenceOf } from '../api/client.ts'
import { clock } from '../clock.ts'
import { toast } from './toast.tsx'

interface ButtonProps {
  readonly act: () => Promise<unknown> | void
  /** Said when it is done. */
  readonly done?: string
  /** What to do with an error instead of saying it. */
  readonly failed?: (error: unknown) => void
  readonly look?: '' | 'main' | 'danger' | 'plain'
  readonly class?: string
  readonly disabled?: boolean
  readonly title?: string
  readonly label?: string
  readonly children: ComponentChildren
}

export function Button({
  act,
  done,
  failed,
  look = '',
  disabled = false,
  title,
  label,
  children,
  ...rest
}: ButtonProps) {
  const busy = useSignal(false)
  const press = async () => {
    if (busy.value) return
    busy.value = true
    try {
      await act()
      if (done !== undefined) toast(done)
    } catch (error) {
      if (failed) failed(error)
      else toast(sentenceOf(error), 'bad')
    } finally {
      busy.value = false
    }
  }
  return (
    <button
      type="button"
      class={`button ${look} ${rest.class ?? ''}`}
      onClick={() => void press()}
      disabled={disabled || busy.value}
      aria-busy={busy.value}
      title={title}
      aria-label={label}
    >
      {children}
    </button>
  )
}

/** Text that is there to be taken away. */
export function Copy({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) {
  return (
    <div class="copy">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <code tabIndex={0}>{text}</code>
      <CopyButton text={text} label={label} />
    </div>
  )
}

export function CopyButton({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) {
  const copied = useSignal(false)
  const copy = async () => {
    await copyText(text)
    copied.value = true
    clock.after(2_000, () => {
      copied.value = false
    })
  }
  return (
    <button type="button" class="button" onClick={() => void copy()}>
      {copied.value ? 'Copied' : label}
    </button>
  )
}

/** Also where the page did not come by TLS, where browsers have no clipboard for scripts. */
async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    const field = document.createElement('textarea')
    field.value = text
    field.className = 'hidden'
    document.body.append(field)
    field.select()
    document.execCommand('copy')
    field.remove()
  }
}
