import type { Services } from '../services.ts'
import { findUser } from '../users/store.ts'
import { removeLeftFolders } from './left-folders.ts'
import { Worker } from './worker.ts'

/** A worker that runs. */
export interface RunningWorker {
  /** Takes no more tasks; those that do not end in the time given are given back. */
  stop(graceMs: number): Promise<void>
}

/** A worker over the services of this process, which hears of work in others too. */
export function startWorker({ config, queue, blobs, log, database }: Services): RunningWorker {
  const languageOf = async (ownerId: string | null) => {
    const owner = ownerId === null ? null : await findUser(database.query, ownerId)
    return owner?.language === 'fr' ? 'fr' : 'en'
  }
  removeLeftFolders(2 * config.values.ANALYSIS_TIMEOUT_SECONDS * 1000).catch((error) =>
    log.warn({ err: error }, 'folders of killed workers could not be removed'),
  )
  queue.signals.listen()
  const worker = new Worker({ config, queue, blobs, log, languageOf })
  return {
    async stop(graceMs) {
      await worker.stop(graceMs)
      await queue.signals.stop()
    },
  }
}
