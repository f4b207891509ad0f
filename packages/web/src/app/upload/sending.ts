import { type DetailedError, Upload } from 'tus-js-client'
import { csrfHeader, forgetCsrfToken, Refused } from '../api.ts'

const RETRY_MS = [0, 1000, 3000, 5000, 10_000]
const PATH = '/api/uploads'

/** A file on its way, in the tus protocol: it can pause, and goes on where it was, also after the page was left. */
export class Sending {
  /** The task that was made of it. Rejects with {@link Refused} or, when the service is away, something else. */
  readonly done: Promise<string>
  readonly #upload: Upload

  constructor(file: File, language: string, onPercent: (percent: number) => void) {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    this.done = promise
    let taskId: string | undefined
    this.#upload = new Upload(file, {
      endpoint: PATH,
      metadata: { filename: file.name },
      headers: { 'accept-language': language },
      retryDelays: RETRY_MS,
      removeFingerprintOnSuccess: true,
      onBeforeRequest: async (request) => {
        for (const [name, value] of Object.entries(await csrfHeader())) request.setHeader(name, value)
      },
      onAfterResponse: (_request, response) => {
        taskId = response.getHeader('x-task-id') ?? taskId
        // the session was renewed meanwhile: the next attempt asks for another token
        if (response.getStatus() === 403) forgetCsrfToken()
      },
      onProgress: (sent, total) => onPercent(total === 0 ? 0 : Math.floor((100 * sent) / total)),
      onSuccess: () => (taskId === undefined ? reject(new TypeError('no task was made')) : resolve(taskId)),
      onError: (error) => reject(refusalOf(error)),
    })
  }

  /** Begins, where an earlier upload of the same file stopped if there is one. */
  async start(): Promise<void> {
    const [earlier] = await this.#upload.findPreviousUploads()
    if (earlier !== undefined) this.#upload.resumeFromPreviousUpload(earlier)
    this.#upload.start()
  }

  pause(): void {
    void this.#upload.abort()
  }

  resume(): void {
    this.#upload.start()
  }
}

function refusalOf(error: Error | DetailedError): Error {
  const response = 'originalResponse' in error ? error.originalResponse : null
  if (response === null || response === undefined || response.getStatus() === 0) return error
  let fields: Record<string, unknown> = {}
  try {
    fields = JSON.parse(response.getBody()) as Record<string, unknown>
  } catch {
    // a proxy answered, not the service; the status says enough
  }
  return new Refused(response.getStatus(), fields, (name) => response.getHeader(name) ?? null)
}
