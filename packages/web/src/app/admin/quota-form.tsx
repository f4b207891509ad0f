import { call } from '../api.ts'
import { bytesText } from '../format.ts'
import { check, mebibytes } from '../forms/rules.ts'
import { useForm } from '../forms/use-form.tsx'
import { useToast } from '../parts/toasts.tsx'
import { useShowing } from '../session/showing.tsx'
import { adminWords } from '../words/admin.ts'
import type { UserStorage } from './storage-table.tsx'

const MIB = 1 << 20

interface QuotaFormProps {
  readonly user: UserStorage
  readonly byDefaultBytes: number
  readonly onSet: () => Promise<void>
}

/** How much one user may store; empty for what everybody may. */
export function QuotaForm({ user, byDefaultBytes, onSet }: QuotaFormProps) {
  const { language } = useShowing()
  const words = adminWords[language]
  const tell = useToast()
  const quota = user.quota_bytes === null ? '' : String(Math.round(user.quota_bytes / MIB))
  const form = useForm({ quota }, async ({ quota: wanted }) => {
    await call('PUT', `/api/admin/users/${user.user_id}/quota`, {
      quota_bytes: wanted === '' ? null : Number(wanted) * MIB,
      quota_tasks: user.quota_tasks,
    })
    tell(words('quotaSet', { name: user.username }))
    await onSet()
  })
  return (
    <form.AppForm>
      <form.Frame class="buttons" problem={form.problem}>
        <form.AppField name="quota" validators={check(mebibytes)}>
          {(field) => (
            <field.TextField
              label={words('quotaOf', { name: user.username })}
              isLabelHidden
              autocomplete="off"
              inputMode="numeric"
              isRequired={false}
              placeholder={words('byDefault', { bytes: bytesText(byDefaultBytes, language) })}
            />
          )}
        </form.AppField>
        <form.Send class="">{words('setQuota')}</form.Send>
      </form.Frame>
    </form.AppForm>
  )
}
