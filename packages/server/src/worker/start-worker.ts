import type { Services } from '../services.ts'
import { findUser } from '../users/store.ts'
import { Worker } from './worker.ts'

/** A worker over the services of this process. */
export function startWorker({ config, queue, blobs, log, database }: Services): Worker {
  const languageOf = async (ownerId: string | null) => {
    const owner = ownerId === null ? null : await findUser(database.query, ownerId)
    return owner?.language === 'fr' ? 'fr' : 'en'
  }
  return new Worker({ config, queue, blobs, log, languageOf })
}
