import type { Services } from '../services.ts'
import { findUser } from '../users/store.ts'
import { removeLeftFolders } from './left-folders.ts'
import { Worker } from './worker.ts'

/** A worker over the services of this process. */
export function startWorker({ config, queue, blobs, log, database }: Services): Worker {
  const languageOf = async (ownerId: string | null) => {
    const owner = ownerId === null ? null : await findUser(database.query, ownerId)
    return owner?.language === 'fr' ? 'fr' : 'en'
  }
  removeLeftFolders(2 * config.values.ANALYSIS_TIMEOUT_SECONDS * 1000).catch((error) =>
    log.warn({ err: error }, 'folders of killed workers could not be removed'),
  )
  return new Worker({ config, queue, blobs, log, languageOf })
}
