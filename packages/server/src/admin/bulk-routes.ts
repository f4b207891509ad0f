import { Type } from 'typebox'
import { HttpError } from '../http/http-error.ts'
import { refusals } from '../http/schemas.ts'
import type { App, Services } from '../services.ts'
import type { StoredUser } from '../stored-rows.ts'
import { AdminActions } from './actions.ts'

const Ids = Type.Object({
  user_ids: Type.Array(Type.String({ maxLength: 100 }), { minItems: 1, maxItems: 100, uniqueItems: true }),
})
const Results = Type.Object({
  total: Type.Integer(),
  success: Type.Integer(),
  failed: Type.Integer(),
  results: Type.Array(
    Type.Object({
      user_id: Type.String(),
      username: Type.Union([Type.String(), Type.Null()]),
      status: Type.Enum(['success', 'failed']),
      reason: Type.Union([Type.String(), Type.Null()]),
      error_type: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
})

type Action = (actions: AdminActions, id: string) => Promise<StoredUser>

/** By the last word of the address. */
const bulkActions: Readonly<Record<string, Action>> = {
  approve: (actions, id) => actions.approve(id),
  block: (actions, id) => actions.block(id),
  unblock: (actions, id) => actions.unblock(id),
  delete: async (actions, id) => (await actions.delete(id)).user,
}

/** The same for up to a hundred users; what fails for one is said and hinders none of the others. */
export function bulkRoutes(app: App, services: Services): void {
  for (const [name, action] of Object.entries(bulkActions)) {
    app.post(
      `/api/admin/users/bulk/${name}`,
      { config: { access: 'admin' }, schema: { tags: ['admin'], body: Ids, response: { 200: Results, ...refusals } } },
      async (request) => {
        const actions = new AdminActions(services, request, true)
        const results = []
        for (const id of request.body.user_ids) results.push(await resultOf(actions, action, id))
        const success = results.filter(({ status }) => status === 'success').length
        return { total: results.length, success, failed: results.length - success, results }
      },
    )
  }
}

async function resultOf(actions: AdminActions, action: Action, id: string) {
  try {
    const { username } = await action(actions, id)
    return { user_id: id, username, status: 'success' as const, reason: null, error_type: null }
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    const user = await actions.user(id).catch(() => null)
    return {
      user_id: id,
      username: user?.username ?? null,
      status: 'failed' as const,
      reason: error.message,
      error_type: error.code,
    }
  }
}
