// Fields of small forms: a label that is always there, help below, what is wrong said beside what is wrong.
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface FieldProps {
  readonly label: string
  readonly value: string
  readonly set: (value: string) => void
  readonly type?: 'text' | 'email' | 'password' | 'url' | 'search' | 'number' | 'datetime-local'
  readonly help?: ComponentChildren
  readonly wrong?: string | undefined
  readonly autoComplete?: string
  readonly placeholder?: string
  readonly required?: boolean
  readonly autoFocus?: boolean
  readonly disabled?: boolean
}

export function Field({ label, value, set, type = 'text', help, wrong, ...rest }: FieldProps) {
  const id = useId()
  const typed = { type }
  const told = [help === undefined ? '' : `${id}-help`, wrong === undefined ? '' : `${id}-wrong`].join(' ').trim()
  return (
    <div class="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        class="input"
        value={value}
        onInput={(event) => set(event.currentTarget.value)}
        aria-invalid={wrong !== undefined}
        aria-describedby={told === '' ? undefined : told}
        spellcheck={false}
        {...rest}
        {...(typed as object)}
      />
      {wrong !== undefined && (
        <p class="wrong" id={`${id}-wrong`}>
          {wrong}
        </p>
      )}
      {help !== undefined && (
        <p class="help" id={`${id}-help`}>
          {help}
        </p>
      )}
    </div>
  )
}

interface SelectProps {
  readonly label: string
  readonly value: string
  readonly set: (value: string) => void
  readonly options: readonly (readonly [value: string, text: string])[]
  readonly help?: ComponentChildren
  readonly disabled?: boolean
}

export function Select({ label, value, set, options, help, disabled = false }: SelectProps) {
  const id = useId()
  return (
    <div class="field">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        class="input"
        value={value}
        disabled={disabled}
        aria-describedby={help === undefined ? undefined : `${id}-help`}
        onChange={(event) => set(event.currentTarget.value)}
      >
        {options.map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
      {help !== undefined && (
        <p class="help" id={`${id}-help`}>
          {help}
        </p>
      )}
    </div>
  )
}
