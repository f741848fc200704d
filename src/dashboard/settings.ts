// What somebody prefers in this browser: theme, density, keys. Kept in the browser alone.
// Promises that a browser that keeps nothing works all the same.
import { effect, signal, type Signal } from '@preact/signals'

function kept<Value extends string>(name: string, values: readonly [Value, ...Value[]]): Signal<Value> {
  const stored = read(name)
  const value = signal<Value>(values.find((one) => one === stored) ?? values[0])
  effect(() => write(`allswell-${name}`, value.value))
  return value
}

function read(name: string): string | null {
  try {
    return window.localStorage.getItem(`allswell-${name}`)
  } catch {
    return null
  }
}

function write(name: string, value: string): void {
  try {
    window.localStorage.setItem(name, value)
  } catch {
    // A browser that may keep nothing forgets it with the page.
  }
}

export const theme = kept('theme', ['system', 'light', 'dark'])
export const density = kept('density', ['dense', 'roomy'])
export const keys = kept('keys', ['on', 'off'])

effect(() => {
  const { dataset } = document.documentElement
  if (theme.value === 'system') delete dataset['theme']
  else dataset['theme'] = theme.value
})
