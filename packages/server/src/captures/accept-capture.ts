import type { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { BlobTooLarge, type StoredBlob } from '../blobs/blobs.ts'
import { accountOf } from '../http/account.ts'
import { HttpError, tooMany } from '../http/http-error.ts'
import { askedLanguage } from '../http/language.ts'
import type { RefusalCode } from '../http/refusal-codes.ts'
import type { Services } from '../services.ts'
import type { StoredTask } from '../stored-rows.ts'
import { tasksOf } from '../tasks/own-task.ts'
import { newTaskId, type Quota, type QuotaRefusal, refusalOf } from '../tasks/store.ts'
import { findUser } from '../users/store.ts'
import { checkFileName } from './file-name.ts'
import { refusalBody } from './refusal-text.ts'

const MIB = 1 << 20

/** A capture as it came in: name and bytes, which may be cut short by the sender's limit. */
export interface IncomingCapture {
  readonly filename: string
  readonly content: Readable
  /** Where the id was given before. */
  readonly taskId?: string
}

export function tooLarge(mostMb: number): HttpError {
  return new HttpError(413, 'file_too_large', `File too large (max: ${mostMb} MB)`, {
    fields: { most_mb: mostMb },
  })
}

/** Counts an upload of this user. @throws {HttpError} 429 */
export async function countUpload({ config, throttle }: Services, request: FastifyRequest): Promise<void> {
  const { UPLOAD_RATE_LIMIT_REQUESTS: most, UPLOAD_RATE_LIMIT_WINDOW_SECONDS: seconds } = config.values
  const { count, windowEndsInSeconds } = await throttle.count(`upload:${accountOf(request).id}`, seconds)
  if (count > most)
    throw tooMany('too_many_uploads', `Upload rate limit exceeded: ${most} per ${seconds} seconds`, windowEndsInSeconds)
}

/**
 * Stores a capture while hashing it, looks at its beginning, and adds its task. Nothing stays of one that is refused.
 * @throws {HttpError} 400, 403, 409, 413, 503
 */
export async function acceptCapture(
  services: Services,
  request: FastifyRequest,
  { filename, content, taskId: givenId }: IncomingCapture,
): Promise<StoredTask> {
  const { blobs, config, audit } = services
  const name = checkFileName(filename)
  // of two requests that take the same upload, each has a blob of its own to delete
  const captureId = newTaskId()
  const taskId = givenId ?? captureId
  const key = `uploads/${captureId}.${/\.pcapng/i.test(name) ? 'pcapng' : 'pcap'}`
  try {
    const stored = await store(services, key, content)
    await checkContent(services, request, key, stored)
    const task = await addTask(services, request, { taskId, filename: name, captureKey: key }, stored)
    if (task === null) throw new HttpError(409, 'upload_taken', 'This upload was taken already')
    await audit.write(request, {
      event: 'file.uploaded',
      message: `User ${accountOf(request).username} uploaded a capture`,
      subject: taskId,
      details: { filename: name, bytes: stored.bytes, sha256: stored.sha256 },
    })
    return task
  } catch (error) {
    // whoever loses the database while a row is added does not know whether it was: the reconciler will
    if (!(error instanceof HttpError)) throw error
    await blobs.delete(key)
    audit.note(request, { event: 'file.validation.failure', outcome: 'BLOCKED', message: error.message })
    throw error
  }

  async function store({ blobs }: Services, key: string, content: Readable): Promise<StoredBlob> {
    const mostMb = config.values.MAX_UPLOAD_SIZE_MB
    try {
      return await blobs.put(key, content, mostMb * MIB)
    } catch (error) {
      if (error instanceof BlobTooLarge) throw tooLarge(mostMb)
      throw error
    }
  }
}

async function checkContent(
  { blobs, config, looks }: Services,
  request: FastifyRequest,
  key: string,
  { bytes }: StoredBlob,
): Promise<void> {
  if (bytes === 0) throw new HttpError(400, 'file_empty', 'The file is empty')
  const file = await blobs.file(key)
  if (file === null) throw new Error('the capture just stored is gone')
  try {
    const look = await looks.look({ capture: file.path, mostExpansionRatio: config.values.MAX_EXPANSION_RATIO })
    if (look.kind === 'no capture') {
      throw new HttpError(400, 'no_capture', 'Invalid PCAP file format: the file begins like no packet capture')
    }
    if (look.kind === 'bomb')
      throw new HttpError(413, 'expands_too_much', 'Potential decompression bomb: the capture expands too much')
    if (look.kind === 'refused') {
      const body = refusalBody(look.refusal, languageOf(request))
      throw new HttpError(400, 'capture_refused', body.detail, { fields: body })
    }
  } finally {
    await file.release()
  }
}

/** What the request asks for, else what the user chose. */
function languageOf(request: FastifyRequest): string {
  return askedLanguage(request) ?? accountOf(request).language
}

const quotaRefusals: Readonly<Record<QuotaRefusal, readonly [number, RefusalCode, string]>> = {
  'queue-full': [503, 'queue_full', 'Queue is full. Please try again later.'],
  'too-many-tasks': [403, 'too_many_tasks', 'Quota exceeded: too many tasks. Delete some reports first.'],
  'too-many-bytes': [403, 'quota_exceeded', 'Quota exceeded: too many bytes are stored. Delete some reports first.'],
}

async function addTask(
  services: Services,
  request: FastifyRequest,
  task: { taskId: string; filename: string; captureKey: string },
  { bytes, sha256 }: StoredBlob,
): Promise<StoredTask | null> {
  const quota = await quotaOf(services, request)
  const added = await tasksOf(services, request).add({ ...task, fileSizeBytes: bytes, sha256 }, quota)
  if (added === 'known') return null
  if (typeof added === 'string') throw refusedByQuota(added)
  services.queue.poke()
  return added
}

/** Refuses early what a quota would refuse in the end. @throws {HttpError} 403, 503 */
export async function checkRoom(services: Services, request: FastifyRequest, bytes: number): Promise<void> {
  const refusal = refusalOf(await tasksOf(services, request).usage(), await quotaOf(services, request), bytes)
  if (refusal !== null) throw refusedByQuota(refusal)
}

/** What a user may store. */
export async function quotaOf({ config, database }: Services, request: FastifyRequest): Promise<Quota> {
  const { QUOTA_MB, QUOTA_TASKS, MAX_QUEUE_SIZE } = config.values
  const user = await findUser(database.query, accountOf(request).id)
  return {
    bytes: user?.quota_bytes ?? QUOTA_MB * MIB,
    tasks: user?.quota_tasks ?? QUOTA_TASKS,
    waiting: MAX_QUEUE_SIZE,
  }
}

function refusedByQuota(refusal: QuotaRefusal): HttpError {
  const [status, code, detail] = quotaRefusals[refusal]
  return new HttpError(status, code, detail, status === 503 ? { headers: { 'retry-after': '10' } } : {})
}
