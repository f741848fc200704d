// What can be done from anywhere by the palette and by keys.
import { signal } from '@preact/signals'

/** The dialog that is open over the screen. */
export const overlay = signal<'palette' | 'help' | null>(null)

export const openPalette = (): void => {
  overlay.value = 'palette'
}
