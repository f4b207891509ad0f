import { createFormHookContexts } from '@tanstack/preact-form'
import type { ComponentChildren } from 'preact'
import { useId, useState } from 'preact/hooks'
import { fieldRefusalText } from '../refusal-text.ts'
import { useShowing } from '../session/showing.tsx'
import { formWords } from '../words/forms.ts'
import type { FieldRefusal } from './refusals.ts'
import type { Broken } from './rules.ts'

export const { fieldContext, formContext, useFieldContext, useFormContext } = createFormHookContexts()

interface LabelledProps {
  readonly label: string
  /** Where a column says already what it is. */
  readonly isLabelHidden?: boolean
  readonly hint?: string
}

interface TextFieldProps extends LabelledProps {
  readonly type?: 'text' | 'email' | 'password'
  readonly autocomplete?: 'username' | 'email' | 'current-password' | 'new-password' | 'one-time-code' | 'off'
  readonly inputMode?: 'numeric'
  readonly maxLength?: number
  readonly isRequired?: boolean
  readonly placeholder?: string
}

/** A labelled field of a form, with what is wrong with it beside it; passwords can be shown. */
export function TextField({
  label,
  hint,
  isLabelHidden = false,
  type = 'text',
  isRequired = true,
  ...rest
}: TextFieldProps) {
  const { words } = useShowing()
  const field = useFieldContext<string>()
  const [isShown, setShown] = useState(false)
  const isPassword = type === 'password'
  return (
    <Labelled label={label} isLabelHidden={isLabelHidden} {...(hint === undefined ? {} : { hint })}>
      {(attributes) => (
        <>
          <input
            {...attributes}
            {...rest}
            name={field.name}
            type={(isPassword && isShown ? 'text' : type) as 'text'}
            required={isRequired}
            value={field.state.value}
            onInput={({ currentTarget }) => field.handleChange(currentTarget.value)}
            onBlur={field.handleBlur}
          />
          {isPassword && (
            <label class="reveal">
              <input type="checkbox" checked={isShown} onChange={() => setShown(!isShown)} /> {words('showPassword')}
            </label>
          )}
        </>
      )}
    </Labelled>
  )
}

/** Text of several lines. */
export function TextArea({ label, hint, ...rest }: LabelledProps & { rows: number; maxLength: number }) {
  const field = useFieldContext<string>()
  return (
    <Labelled label={label} {...(hint === undefined ? {} : { hint })}>
      {(attributes) => (
        <textarea
          {...attributes}
          {...rest}
          name={field.name}
          value={field.state.value}
          onInput={({ currentTarget }) => field.handleChange(currentTarget.value)}
          onBlur={field.handleBlur}
        />
      )}
    </Labelled>
  )
}

interface ChoiceProps extends LabelledProps {
  readonly options: readonly (readonly [value: string, word: string])[]
}

/** One of several. */
export function Choice({ label, hint, options }: ChoiceProps) {
  const field = useFieldContext<string>()
  return (
    <Labelled label={label} {...(hint === undefined ? {} : { hint })}>
      {(attributes) => (
        <select
          {...attributes}
          name={field.name}
          value={field.state.value}
          onChange={({ currentTarget }) => field.handleChange(currentTarget.value)}
        >
          {options.map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  )
}

/** Yes or no. */
export function Tick({ label }: LabelledProps) {
  const field = useFieldContext<boolean>()
  return (
    <label class="tick">
      <input
        type="checkbox"
        name={field.name}
        checked={field.state.value}
        onChange={({ currentTarget }) => field.handleChange(currentTarget.checked)}
      />{' '}
      {label}
    </label>
  )
}

interface Attributes {
  readonly id: string
  readonly 'aria-invalid': boolean
  readonly 'aria-describedby'?: string
}

interface LabelledParts extends LabelledProps {
  readonly children: (attributes: Attributes) => ComponentChildren
}

/** Label, field, hint, and the first thing that is wrong; what describes the field is tied to it. */
function Labelled({ label, hint, isLabelHidden = false, children }: LabelledParts) {
  const { language } = useShowing()
  const { meta } = useFieldContext<unknown>().state
  const id = useId()
  const [error] = meta.errors as readonly (Broken | FieldRefusal)[]
  const described = [hint === undefined ? null : `${id}-hint`, error === undefined ? null : `${id}-error`]
  const describedBy = described.filter((one) => one !== null).join(' ')
  return (
    <div class="field">
      <label for={id} class={isLabelHidden ? 'visually-hidden' : ''}>
        {label}
      </label>
      {children({
        id,
        'aria-invalid': error !== undefined,
        ...(describedBy === '' ? {} : { 'aria-describedby': describedBy }),
      })}
      {error !== undefined && (
        <small id={`${id}-error`} class="field-error">
          {typeof error === 'string' ? formWords[language](`rules.${error}`) : fieldRefusalText(error, language)}
        </small>
      )}
      {hint !== undefined && (
        <small id={`${id}-hint`} class="quiet">
          {hint}
        </small>
      )}
    </div>
  )
}
