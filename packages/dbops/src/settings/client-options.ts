import type { ServerClient } from '../connection/server-client.ts'

/** A setting that a client wants to send when it connects, and why it cannot. */
export interface RefusedOption {
  readonly name: string
  readonly reason: string
}

/** Which of the settings a session may not set at its start: the server would end the connection with FATAL. */
export async function refusedClientOptions(client: ServerClient, names: readonly string[]): Promise<RefusedOption[]> {
  const { rows } = await client.query<{ name: string; context: string | null; superuser: boolean }>(
    `select n as name, s.context, (select rolsuper from pg_roles where rolname = current_user) as superuser
      from unnest($1::text[]) n left join pg_settings s on s.name = lower(n)`,
    [names],
  )
  return rows.flatMap(({ name, context, superuser }) => {
    if (context === null) return name.includes('.') ? [] : [{ name, reason: 'is no setting of this server' }]
    if (context === 'user' || context === 'backend') return []
    if (context === 'superuser' || context === 'superuser-backend')
      return superuser ? [] : [{ name, reason: 'may be set by superusers only' }]
    return [
      {
        name,
        reason:
          context === 'internal'
            ? 'cannot be set'
            : context === 'postmaster'
              ? 'is set when the server starts'
              : 'is set in the configuration of the server',
      },
    ]
  })
}
