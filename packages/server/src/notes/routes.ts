import { Type } from 'typebox'
import { SERVICE } from '../db/tenant.ts'
import { accountOf } from '../http/account.ts'
import { HttpError } from '../http/http-error.ts'
import { IdParams, refusals } from '../http/schemas.ts'
import type { App, Services } from '../services.ts'
import { sharedTask } from '../shares/access.ts'
import { ownTask } from '../tasks/own-task.ts'
import { NoteStore } from './store.ts'

const MOST_NOTES = 1000
const Note = Type.Object({
  finding_key: Type.String(),
  note: Type.String(),
  tags: Type.Array(Type.String()),
  author: Type.Union([Type.String(), Type.Null()]),
  updated_at: Type.String(),
})
const NewNote = Type.Object({
  note: Type.String({ maxLength: 4000, default: '' }),
  tags: Type.Array(Type.String({ minLength: 1, maxLength: 40 }), { maxItems: 20, uniqueItems: true, default: [] }),
})

/** Notes and tags on findings: written by the owner of a report, read by those with whom it is shared. */
export function noteRoutes(app: App, services: Services): void {
  const config = { access: 'user' } as const
  const tags = ['notes']
  const response = { 200: Type.Array(Note), ...refusals }

  app.get('/api/tasks/:id/notes', { config, schema: { tags, params: IdParams, response } }, async (request) => {
    const { task, isOwn } = await sharedTask(services, request, request.params.id, 'metadata')
    // a share gives no row of the task itself
    return new NoteStore(services.database, isOwn ? accountOf(request).tenant : SERVICE).ofTask(task.task_id)
  })
  app.put(
    '/api/tasks/:id/notes/:findingKey',
    {
      config,
      schema: {
        tags,
        params: Type.Object({ ...IdParams.properties, findingKey: Type.String({ minLength: 1, maxLength: 200 }) }),
        body: NewNote,
        response,
      },
    },
    async (request) => {
      const { task_id } = await ownTask(services, request, request.params.id)
      const store = new NoteStore(services.database, accountOf(request).tenant)
      const { findingKey, ...rest } = request.params
      const notes = await store.ofTask(rest.id.toLowerCase())
      const isNew = !notes.some(({ finding_key }) => finding_key === findingKey)
      if (isNew && notes.length >= MOST_NOTES)
        throw new HttpError(400, 'too_many_notes', `More than ${MOST_NOTES} notes on one report`)
      await store.write(task_id, findingKey, request.body.note.trim(), request.body.tags, services.now())
      return store.ofTask(task_id)
    },
  )
}
