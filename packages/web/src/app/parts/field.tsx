import { useId, useState } from 'preact/hooks'
import { useShowing } from '../session/showing.tsx'

interface FieldProps {
  readonly label: string
  readonly name: string
  readonly type?: 'text' | 'email' | 'password'
  readonly autocomplete?: 'username' | 'email' | 'current-password' | 'new-password' | 'one-time-code' | 'off'
  readonly hint?: string
  readonly maxLength?: number
  readonly isRequired?: boolean
  readonly pattern?: string
}

/** A labelled field of a form; passwords can be shown. */
export function Field({
  label,
  name,
  type = 'text',
  autocomplete,
  hint,
  maxLength,
  isRequired = true,
  pattern,
}: FieldProps) {
  const { words } = useShowing()
  const id = useId()
  const [isShown, setShown] = useState(false)
  const isPassword = type === 'password'
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        name={name}
        type={(isPassword && isShown ? 'text' : type) as 'text'}
        required={isRequired}
        {...(pattern === undefined ? {} : { pattern })}
        {...(maxLength === undefined ? {} : { maxLength })}
        {...(autocomplete === undefined ? {} : { autocomplete })}
        {...(hint === undefined ? {} : { 'aria-describedby': `${id}-hint` })}
      />
      {hint !== undefined && (
        <small id={`${id}-hint`} class="quiet">
          {hint}
        </small>
      )}
      {isPassword && (
        <label class="reveal">
          <input type="checkbox" checked={isShown} onChange={() => setShown(!isShown)} /> {words('showPassword')}
        </label>
      )}
    </div>
  )
}

/** Texts of a form by the names of its fields. */
export function textsOf(form: HTMLFormElement): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') texts[name] = value
  return texts
}
