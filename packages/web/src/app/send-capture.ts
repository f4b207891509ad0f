import type { AcceptedUpload } from './answers.ts'
import { csrfHeader, Refused } from './api.ts'

/** Sends a capture and tells how much of it left, in percent. @throws {Refused} */
export async function sendCapture(
  file: File,
  language: string,
  onPercent: (percent: number) => void,
): Promise<AcceptedUpload> {
  const headers = { ...(await csrfHeader()), 'accept-language': language }
  const form = new FormData()
  form.set('file', file, file.name)
  const { promise, resolve, reject } = Promise.withResolvers<AcceptedUpload>()
  // fetch cannot tell how much of a body was sent
  const request = new XMLHttpRequest()
  request.open('POST', '/api/upload')
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
  request.responseType = 'json'
  request.upload.addEventListener('progress', ({ loaded, total }) => {
    if (total > 0) onPercent(Math.floor((100 * loaded) / total))
  })
  request.addEventListener('load', () => {
    if (request.status === 202) resolve(request.response as AcceptedUpload)
    else
      reject(
        new Refused(request.status, (request.response ?? {}) as Record<string, unknown>, (name) =>
          request.getResponseHeader(name),
        ),
      )
  })
  request.addEventListener('error', () => reject(new TypeError('the service cannot be reached')))
  request.send(form)
  return promise
}
