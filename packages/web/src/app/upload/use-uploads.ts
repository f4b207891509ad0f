import { useRef, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import type { RefusedCapture } from '../answers.ts'
import { call, Refused, refusalListeners } from '../api.ts'
import { bytesText } from '../format.ts'
import { useShowing } from '../session/showing.tsx'
import { uploadWords } from '../words/upload.ts'
import { newUpload, type UploadState } from './upload-state.ts'

interface Usage {
  readonly most_upload_bytes: number
}

/** Files on their way, one after the other: hashed, asked for, sent. */
export function useUploads() {
  const { language } = useShowing()
  const { route } = useLocation()
  const [uploads, setUploads] = useState<readonly UploadState[]>([])
  const [ended, setEnded] = useState(0)
  const queue = useRef(Promise.resolve())

  const change = (id: number, changes: Partial<UploadState>) =>
    setUploads((all) => all.map((upload) => (upload.id === id ? { ...upload, ...changes } : upload)))

  const look = async ({ id, file }: UploadState): Promise<boolean> => {
    const { most_upload_bytes: most } = await call<Usage>('GET', '/api/users/me/usage')
    if (file.size > most) {
      change(id, { is: 'refused', problem: uploadWords[language]('tooLarge', { most: bytesText(most, language) }) })
      return false
    }
    change(id, { is: 'hashing' })
    const { hashOfFile } = await import('./hash-of-file.ts')
    const sha256 = await hashOfFile(file)
    change(id, { sha256 })
    const { same } = await call<{ same: { task_id: string } | null }>('GET', `/api/captures/${sha256}`)
    if (same !== null) change(id, { is: 'known', earlierTaskId: same.task_id })
    return same === null
  }
  const send = async ({ id, file }: UploadState, goesOn: boolean) => {
    const { Sending } = await import('./sending.ts')
    const sending = new Sending(file, language, (percent) =>
      change(id, percent === 100 ? { percent, is: 'checking' } : { percent }),
    )
    change(id, { is: 'sending', sending, problem: null, refusal: null })
    await sending.start()
    const taskId = await sending.done
    change(id, { is: 'accepted', taskId })
    if (goesOn) route(`/progress/${taskId}`)
  }
  const enqueue = (upload: UploadState, work: () => Promise<void>) => {
    queue.current = queue.current
      .then(work)
      .catch((error: unknown) => {
        if (!(error instanceof Refused)) return change(upload.id, { is: 'refused', problem: { error } })
        if (error.isSessionOver) refusalListeners.onLoggedOut()
        const refusal = (error.fields.validation_details as RefusedCapture | undefined) ?? null
        change(upload.id, { is: 'refused', problem: { error }, refusal })
      })
      .then(() => setEnded((count) => count + 1))
  }

  return {
    uploads,
    /** Counts up when something ended. */
    ended,
    add(files: readonly File[]) {
      const added = files.map(newUpload)
      setUploads((all) => [...added, ...all])
      for (const upload of added) {
        enqueue(upload, async () => {
          if (await look(upload)) await send(upload, files.length === 1)
        })
      }
    },
    /** Sends what is known already, or what was refused. */
    sendAgain(upload: UploadState) {
      enqueue(upload, () => send(upload, uploads.length === 1))
    },
    pause({ id, sending }: UploadState) {
      sending?.pause()
      change(id, { is: 'paused' })
    },
    resume({ id, sending }: UploadState) {
      change(id, { is: 'sending' })
      sending?.resume()
    },
  }
}
