// Short messages at the edge of the screen: what was done, what went wrong.
// Promises that they are read out, that few are shown at once, and that what went wrong stays until it is closed.
import { signal } from '@preact/signals'
import { clock } from '../clock.ts'

interface Toast {
  readonly id: number
  readonly text: string
  readonly look: 'good' | 'bad'
}

const toasts = signal<readonly Toast[]>([])
const most = 4
let last = 0

const close = (id: number) => {
  toasts.value = toasts.value.filter((one) => one.id !== id)
}

export function toast(text: string, look: 'good' | 'bad' = 'good'): void {
  last += 1
  const id = last
  toasts.value = [...toasts.value.filter((one) => one.text !== text), { id, text, look }].slice(-most)
  if (look === 'good') clock.after(5_000, () => close(id))
}

export const Toasts = () => (
  <div class="toasts" aria-live="polite" role="status">
    {toasts.value.map(({ id, text, look }) => (
      <div key={id} class={`toast ${look}`}>
        <span>{text}</span>
        <button type="button" class="button plain tiny" onClick={() => close(id)}>
          Close
        </button>
      </div>
    ))}
  </div>
)
