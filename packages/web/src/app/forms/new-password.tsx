import { useShowing } from '../session/showing.tsx'
import { check, filled, longEnough } from './rules.ts'
import { withFieldGroup } from './use-form.tsx'

/** A password that is chosen, twice the same. */
export const NewPassword = withFieldGroup({
  defaultValues: { password: '', again: '' },
  props: { label: '' },
  render({ group, label }) {
    const { words } = useShowing()
    return (
      <>
        <group.AppField name="password" validators={check(filled, longEnough)}>
          {(field) => (
            <field.TextField label={label} type="password" autocomplete="new-password" hint={words('passwordRule')} />
          )}
        </group.AppField>
        <group.AppField
          name="again"
          validators={{
            onDynamic: ({ value }) => (value === group.state.values.password ? undefined : ('same' as const)),
          }}
        >
          {(field) => <field.TextField label={words('repeatPassword')} type="password" autocomplete="new-password" />}
        </group.AppField>
      </>
    )
  },
})
