// Listens to keys: single ones where nobody types, Ctrl K everywhere.
// Promises to leave alone what is typed, dialogs, and keys with modifiers; all single keys are off by one setting.
import { clock } from '../clock.ts'
import { keys } from '../settings.ts'
import { overlay, perform } from './commands.ts'
import { press } from './keymap.ts'

const patienceMs = 1_500
let pending = ''
let forget: (() => void) | null = null

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (/^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.isContentEditable) &&
  !(target instanceof HTMLInputElement && target.type === 'checkbox')

/** Enter and the like belong to what has the focus. */
const isOwn = (event: KeyboardEvent): boolean =>
  event.key === 'Enter' && event.target instanceof Element && event.target.closest('a,button,summary') !== null

function hear(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
    event.preventDefault()
    overlay.value = overlay.value === 'palette' ? null : 'palette'
    return
  }
  if (event.key === 'Escape' && isTyping(event.target)) {
    ;(event.target as HTMLElement).blur()
    return
  }
  if (keys.value === 'off' || event.ctrlKey || event.metaKey || event.altKey) return
  if (isTyping(event.target) || isOwn(event) || document.querySelector('dialog[open]') !== null) return
  const pressed = press(pending, event.key)
  pending = pressed.pending
  forget?.()
  forget = clock.after(patienceMs, () => {
    pending = ''
  })
  if (pressed.deed !== null && perform(pressed.deed)) event.preventDefault()
}

export const listenToKeys = (): void => document.addEventListener('keydown', hear)
