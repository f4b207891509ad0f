import { type AnyFormApi, createFormHook, revalidateLogic, useSelector } from '@tanstack/preact-form'
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { Refused } from '../api.ts'
import { Problem } from '../parts/problem.tsx'
import { refusalText } from '../refusal-text.ts'
import { useShowing } from '../session/showing.tsx'
import { Choice, fieldContext, formContext, TextArea, TextField, Tick, useFormContext } from './fields.tsx'
import { fieldRefusals } from './refusals.ts'

const { useAppForm, withFieldGroup } = createFormHook({
  fieldContext,
  formContext,
  fieldComponents: { TextField, TextArea, Choice, Tick },
  formComponents: { Frame, Send },
})

export { withFieldGroup }

/**
 * A form: checked when it is sent, and with every change from then on; the focus goes to the first field that is wrong. What the service
 * refuses stands beside the field it names, or above the form.
 * @param submit gets what was filled in; may throw {@link Refused}
 */
export function useForm<Values>(defaultValues: Values, submit: (values: Values) => Promise<void>) {
  const { language } = useShowing()
  const [failure, setFailure] = useState<{ error: unknown } | null>(null)
  const form = useAppForm({
    defaultValues,
    canSubmitWhenInvalid: true,
    validationLogic: revalidateLogic(),
    onSubmitInvalid: ({ formApi }) => focusFirstWrong(formApi),
    onSubmit: async ({ value, formApi }) => {
      setFailure(null)
      try {
        await submit(value)
      } catch (error) {
        const isPlaced = error instanceof Refused && placeRefusals(formApi, error)
        if (!isPlaced) setFailure({ error })
      }
    },
  })
  return Object.assign(form, { problem: failure === null ? null : refusalText(failure.error, language) })
}

/** Says beside their fields what the service refused; whether there was any such field. */
function placeRefusals(form: AnyFormApi, refused: Refused): boolean {
  const refusals = Object.entries(fieldRefusals(refused, (name) => name in form.fieldInfo))
  for (const [name, refusal] of refusals) {
    form.setFieldMeta(name, (meta) => ({ ...meta, errorMap: { ...meta.errorMap, onSubmit: refusal } }))
  }
  focusFirstWrong(form)
  return refusals.length > 0
}

/** What was refused may be sent again as it is: the service may have changed its mind. */
function forgetRefusals(form: AnyFormApi): void {
  for (const name of Object.keys(form.fieldInfo)) {
    form.setFieldMeta(name, (meta) => ({ ...meta, errorMap: { ...meta.errorMap, onSubmit: undefined } }))
  }
}

function focusFirstWrong({ formId }: AnyFormApi): void {
  requestAnimationFrame(() =>
    document.getElementById(formId)?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(),
  )
}

export interface FrameProps {
  readonly class?: string
  readonly problem: string | null
  readonly children: ComponentChildren
}

/** The form's element, with what concerns all of it at its head. */
function Frame({ class: name = 'form', problem, children }: FrameProps) {
  const form = useFormContext()
  return (
    <form
      id={form.formId}
      class={name}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        forgetRefusals(form)
        void form.handleSubmit()
      }}
    >
      <Problem text={problem} />
      {children}
    </form>
  )
}

export interface SendProps {
  readonly class?: string
  readonly children: ComponentChildren
}

/** The button that sends; not twice at once. */
function Send({ class: name = 'primary', children }: SendProps) {
  const isSubmitting = useSelector(useFormContext().store, (state) => state.isSubmitting)
  return (
    <button
      type="submit"
      class={name}
      aria-disabled={isSubmitting}
      onClick={(event) => isSubmitting && event.preventDefault()}
    >
      {children}
    </button>
  )
}
