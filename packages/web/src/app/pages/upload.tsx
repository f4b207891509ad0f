import { useEffect, useRef, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import type { RefusedCapture } from '../answers.ts'
import { Refused, refusalListeners } from '../api.ts'
import { Page } from '../parts/page.tsx'
import { newUpload, type Upload, UploadRow } from '../parts/upload-row.tsx'
import { sendCapture } from '../send-capture.ts'
import { useShowing } from '../session/showing.tsx'

/** Takes captures, dropped anywhere on the page or chosen, and sends them one after the other. */
export function UploadPage() {
  const { words, language } = useShowing()
  const { route } = useLocation()
  const [uploads, setUploads] = useState<readonly Upload[]>([])
  const [isOver, setOver] = useState(false)
  const sending = useRef(Promise.resolve())

  const change = (file: File, changes: Partial<Upload>) =>
    setUploads((all) => all.map((upload) => (upload.file === file ? { ...upload, ...changes } : upload)))
  const send = async (file: File, isAlone: boolean) => {
    try {
      const accepted = await sendCapture(file, language, (percent) => change(file, { percent }))
      change(file, { accepted })
      if (isAlone && accepted.already_analysed === null) route(`/progress/${accepted.task_id}`)
    } catch (error) {
      if (!(error instanceof Refused)) return change(file, { problem: words.offline })
      if (error.isSessionOver) refusalListeners.onLoggedOut()
      const refusal = (error.fields.validation_details as RefusedCapture | undefined) ?? null
      change(file, { problem: error.message, refusal })
    }
  }
  const add = (files: readonly File[]) => {
    setUploads((all) => [...files.map(newUpload), ...all])
    for (const file of files) sending.current = sending.current.then(() => send(file, files.length === 1))
  }

  const addNewest = useRef(add)
  addNewest.current = add
  useEffect(() => {
    const over = (event: DragEvent) => {
      event.preventDefault()
      setOver(event.type === 'dragover')
    }
    const drop = (event: DragEvent) => {
      event.preventDefault()
      setOver(false)
      addNewest.current([...(event.dataTransfer?.files ?? [])])
    }
    document.addEventListener('dragover', over)
    document.addEventListener('dragleave', over)
    document.addEventListener('drop', drop)
    return () => {
      document.removeEventListener('dragover', over)
      document.removeEventListener('dragleave', over)
      document.removeEventListener('drop', drop)
    }
  }, [])

  return (
    <Page title={words.uploadTitle}>
      <p class="lead">{words.uploadLead}</p>
      <input
        id="capture"
        type="file"
        multiple
        class="capture-input"
        onChange={({ currentTarget }) => {
          add([...(currentTarget.files ?? [])])
          currentTarget.value = ''
        }}
      />
      <label for="capture" class={isOver ? 'drop drop-over' : 'drop'}>
        <strong>{words.drop}</strong>
        <span>{words.choose}</span>
        <small>{words.kinds}</small>
      </label>
      <p>
        {words.privateHint} <a href="/private/">{words.privately}</a>
      </p>
      {uploads.length > 0 && (
        <section aria-labelledby="uploads-title" aria-live="polite">
          <h2 id="uploads-title">{words.uploads}</h2>
          <ul class="uploads">
            {uploads.map((upload, index) => (
              <UploadRow key={`${uploads.length - index}`} upload={upload} />
            ))}
          </ul>
        </section>
      )}
    </Page>
  )
}
