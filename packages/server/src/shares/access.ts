import type { FastifyRequest } from 'fastify'
import { type ShareLevel, shareLevels } from '../db/schema.ts'
import { SERVICE } from '../db/tenant.ts'
import { accountOf } from '../http/account.ts'
import { HttpError } from '../http/http-error.ts'
import { isUuid } from '../http/ids.ts'
import type { Services } from '../services.ts'
import { noTask, tasksOf } from '../tasks/own-task.ts'
import { type ListedTask, TaskStore } from '../tasks/store.ts'
import { ShareStore } from './store.ts'

/** A task that the caller may see, and how much of it. */
export interface SharedTask {
  readonly task: ListedTask
  readonly right: ShareLevel
  /** Whether it is the caller's own, or the caller administers. */
  readonly isOwn: boolean
}

/** Whether a level covers another. */
export function includes(right: ShareLevel, wanted: ShareLevel): boolean {
  return shareLevels.indexOf(right) >= shareLevels.indexOf(wanted)
}

/**
 * A task of the caller, or one that is shared with the caller at least up to a level. To everybody else it does not exist.
 * @throws {HttpError} 400, 403, 404
 */
export async function sharedTask(
  services: Services,
  request: FastifyRequest,
  id: string,
  wanted: ShareLevel,
): Promise<SharedTask> {
  if (!isUuid(id)) throw new HttpError(400, 'invalid_id', 'Invalid task_id format (must be UUID v4)')
  const taskId = id.toLowerCase()
  const own = await tasksOf(services, request).find(taskId)
  if (own !== null) return { task: own, right: 'raw', isOwn: true }
  const { database, now } = services
  const right = await new ShareStore(database, accountOf(request).tenant, now).levelOf(taskId)
  if (right === null) throw noTask(id)
  // the share was read as the caller; what it leads to belongs to somebody else
  const task = await new TaskStore(database, SERVICE, now).find(taskId)
  if (task === null) throw noTask(id)
  if (!includes(right, wanted)) {
    services.audit.note(request, {
      event: 'access.denied',
      outcome: 'BLOCKED',
      message: `a share of level ${right} does not cover ${wanted}`,
      subject: taskId,
    })
    throw new HttpError(403, 'beyond_share', `This report is shared with you up to ${right}; this takes ${wanted}`)
  }
  return { task, right, isOwn: false }
}
