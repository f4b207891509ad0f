import type { FastifyRequest } from 'fastify'
import { accountOf } from '../http/account.ts'
import { HttpError } from '../http/http-error.ts'
import { isUuid } from '../http/ids.ts'
import type { Services } from '../services.ts'
import { type ListedTask, TaskStore } from './store.ts'

/** The tasks that the caller may see. */
export function tasksOf({ database, now }: Services, request: FastifyRequest): TaskStore {
  return new TaskStore(database, accountOf(request).tenant, now)
}

/** A task of the caller; one of somebody else's is as missing as one that never was. @throws {HttpError} 400, 404 */
export async function ownTask(services: Services, request: FastifyRequest, id: string): Promise<ListedTask> {
  if (!isUuid(id)) throw new HttpError(400, 'invalid_id', 'Invalid task_id format (must be UUID v4)')
  const task = await services.taskLookups.find(accountOf(request).tenant, id.toLowerCase())
  if (task === null) throw noTask(id)
  return task
}

export function noTask(id: string): HttpError {
  return new HttpError(404, 'task_not_found', `Task ${id} not found`)
}
