import { createColumnHelper } from '@tanstack/preact-table'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { call } from '../api.ts'
import { timeText } from '../format.ts'
import { check, days, filled } from '../forms/rules.ts'
import { useForm } from '../forms/use-form.tsx'
import { useShowing } from '../session/showing.tsx'
import { DataTable } from '../table/data-table.tsx'
import type { Column, features } from '../table/features.ts'
import { accountWords } from '../words/account.ts'
import { Problem } from './problem.tsx'
import { useAction } from './use-action.ts'

interface ApiKey {
  readonly id: string
  readonly name: string
  readonly prefix: string
  readonly scopes: readonly string[]
  readonly expires_at: string | null
  readonly last_used_at: string | null
}

const { accessor, display } = createColumnHelper<typeof features, ApiKey>()

/** Keys for programs: made, shown once, revoked. */
export function ApiKeys() {
  const { words: general, language } = useShowing()
  const words = accountWords[language]
  const { problem, run, ask } = useAction()
  const [keys, setKeys] = useState<readonly ApiKey[]>([])
  const [made, setMade] = useState<string | null>(null)
  const read = () => ask(() => call<ApiKey[]>('GET', '/api/keys'), setKeys)
  useEffect(() => void read(), [])
  const form = useForm({ name: '', days: '', write: false }, async ({ name, days, write }) => {
    const { key } = await call<{ key: string }>('POST', '/api/keys', {
      name,
      scopes: write ? ['read', 'write'] : ['read'],
      ...(days !== '' && { expires_in_days: Number(days) }),
    })
    setMade(key)
    form.reset()
    await read()
  })
  const revoke = useRef((_: string) => {})
  revoke.current = (id) => void run(() => call('DELETE', `/api/keys/${id}`).then(read))
  const columns = useMemo(() => {
    const day = (time: string | null, none: string) => (time === null ? none : timeText(time, language))
    const all: Column<ApiKey>[] = [
      accessor('name', { header: general('name'), meta: { isRowHead: true }, cell: ({ row }) => row.original.name }),
      accessor('prefix', {
        header: words('key'),
        enableSorting: false,
        cell: ({ row }) => <code>{row.original.prefix}…</code>,
      }),
      accessor('scopes', {
        header: words('scopes'),
        enableSorting: false,
        cell: ({ row }) => row.original.scopes.join(', '),
      }),
      accessor('last_used_at', {
        header: words('lastUsed'),
        cell: ({ row }) => day(row.original.last_used_at, words('never')),
      }),
      accessor('expires_at', { header: words('expires'), cell: ({ row }) => day(row.original.expires_at, '–') }),
      display({
        id: 'actions',
        header: general('actions'),
        cell: ({ row: { original } }) => (
          <button
            type="button"
            aria-label={words('revokeKey', { name: original.name })}
            onClick={() => revoke.current(original.id)}
          >
            {words('revoke')}
          </button>
        ),
      }),
    ]
    return all
  }, [language])
  return (
    <section class="card form" aria-labelledby="keys-title">
      <h2 id="keys-title">{words('keys')}</h2>
      <p class="quiet">{words('keysLead')}</p>
      <Problem text={problem} />
      {keys.length === 0 ? (
        <p>{words('noKeys')}</p>
      ) : (
        <DataTable name={null} label={words('keys')} columns={columns} rows={keys} idOf={({ id }) => id} />
      )}
      <form.AppForm>
        <form.Frame problem={form.problem}>
          <form.AppField name="name" validators={check(filled)}>
            {(field) => <field.TextField label={words('keyName')} autocomplete="off" maxLength={100} />}
          </form.AppField>
          <form.AppField name="days" validators={check(days)}>
            {(field) => (
              <field.TextField
                label={words('keyDays')}
                autocomplete="off"
                inputMode="numeric"
                maxLength={4}
                isRequired={false}
              />
            )}
          </form.AppField>
          <form.AppField name="write">{(field) => <field.Tick label={words('canWrite')} />}</form.AppField>
          <form.Send class="">{words('makeKey')}</form.Send>
        </form.Frame>
      </form.AppForm>
      <div role="status">
        {made !== null && (
          <p class="notice made-key">
            {words('keyOnce')} <code>{made}</code>
          </p>
        )}
      </div>
    </section>
  )
}
