import { useState } from 'preact/hooks'
import type { User } from '../answers.ts'
import { call } from '../api.ts'
import { check, email, filled } from '../forms/rules.ts'
import { useForm } from '../forms/use-form.tsx'
import { useShowing } from '../session/showing.tsx'

interface Created {
  readonly user: User
  readonly temporary_password: string
}

/** Adds a user, and shows the password that is known once. */
export function CreateUser({ onCreated }: { onCreated: () => void }) {
  const { words } = useShowing()
  const [created, setCreated] = useState<Created | null>(null)
  const form = useForm({ username: '', email: '' }, async (account) => {
    setCreated(await call<Created>('POST', '/api/admin/users', { ...account, role: 'user' }))
    form.reset()
    onCreated()
  })
  return (
    <section class="card create-user" aria-labelledby="create-title">
      <h2 id="create-title">{words('createUser')}</h2>
      <form.AppForm>
        <form.Frame problem={form.problem}>
          <form.AppField name="username" validators={check(filled)}>
            {(field) => <field.TextField label={words('username')} autocomplete="off" maxLength={50} />}
          </form.AppField>
          <form.AppField name="email" validators={check(filled, email)}>
            {(field) => <field.TextField label={words('email')} type="email" autocomplete="off" maxLength={255} />}
          </form.AppField>
          <form.Send>{words('create')}</form.Send>
        </form.Frame>
      </form.AppForm>
      <div role="status">
        {created !== null && (
          <p class="notice">
            {words('temporaryPassword', { name: created.user.username })}: <code>{created.temporary_password}</code>
            <br />
            {words('shownOnce')}
          </p>
        )}
      </div>
    </section>
  )
}
