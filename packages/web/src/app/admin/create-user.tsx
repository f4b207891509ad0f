import { useState } from 'preact/hooks'
import type { User } from '../answers.ts'
import { call } from '../api.ts'
import { Field, textsOf } from '../parts/field.tsx'
import { Problem } from '../parts/problem.tsx'
import { useAction } from '../parts/use-action.ts'
import { useShowing } from '../session/showing.tsx'

interface Created {
  readonly user: User
  readonly temporary_password: string
}

/** Adds a user, and shows the password that is known once. */
export function CreateUser({ onCreated }: { onCreated: () => void }) {
  const { words } = useShowing()
  const { isBusy, problem, run } = useAction()
  const [created, setCreated] = useState<Created | null>(null)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const form = event.currentTarget as HTMLFormElement
    const { username, email } = textsOf(form)
    void run(async () => {
      setCreated(await call<Created>('POST', '/api/admin/users', { username, email, role: 'user' }))
      form.reset()
      onCreated()
    })
  }
  return (
    <section class="card create-user" aria-labelledby="create-title">
      <h2 id="create-title">{words('createUser')}</h2>
      <form class="form" onSubmit={submit}>
        <Problem text={problem} />
        <Field label={words('username')} name="username" autocomplete="off" maxLength={50} />
        <Field label={words('email')} name="email" type="email" autocomplete="off" maxLength={255} />
        <button type="submit" class="primary" disabled={isBusy}>
          {words('create')}
        </button>
      </form>
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
