import { useEffect, useRef, useState } from 'preact/hooks'
import { Page } from '../parts/page.tsx'
import { Usage } from '../parts/usage.tsx'
import { useShowing } from '../session/showing.tsx'
import { SampleButton } from '../upload/sample-button.tsx'
import { UploadRow } from '../upload/upload-row.tsx'
import { useUploads } from '../upload/use-uploads.ts'

/** Takes captures, dropped anywhere on the page or chosen, and sends them one after the other. */
export function UploadPage() {
  const { words } = useShowing()
  const { uploads, ended, add, pause, resume, sendAgain } = useUploads()
  const isOver = useDrop(add)
  return (
    <Page title={words('uploadTitle')}>
      <p class="lead">{words('uploadLead')}</p>
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
        <strong>{words('drop')}</strong>
        <span>{words('choose')}</span>
        <small>{words('kinds')}</small>
      </label>
      <Usage since={ended} />
      <SampleButton onTake={(file) => add([file])} />
      <p>
        {words('privateHint')} <a href="/private/">{words('privately')}</a>
      </p>
      {uploads.length > 0 && (
        <section aria-labelledby="uploads-title" aria-live="polite">
          <h2 id="uploads-title">{words('uploads')}</h2>
          <ul class="uploads">
            {uploads.map((upload) => (
              <UploadRow
                key={upload.id}
                upload={upload}
                onPause={() => pause(upload)}
                onResume={() => resume(upload)}
                onSendAgain={() => sendAgain(upload)}
              />
            ))}
          </ul>
        </section>
      )}
    </Page>
  )
}

/** Takes files that are dropped anywhere; tells whether some hover. */
function useDrop(add: (files: readonly File[]) => void): boolean {
  const [isOver, setOver] = useState(false)
  const newest = useRef(add)
  newest.current = add
  useEffect(() => {
    const over = new AbortController()
    const { signal } = over
    const hover = (event: DragEvent) => {
      event.preventDefault()
      setOver(event.type === 'dragover')
    }
    const drop = (event: DragEvent) => {
      event.preventDefault()
      setOver(false)
      newest.current([...(event.dataTransfer?.files ?? [])])
    }
    document.addEventListener('dragover', hover, { signal })
    document.addEventListener('dragleave', hover, { signal })
    document.addEventListener('drop', drop, { signal })
    return () => over.abort()
  }, [])
  return isOver
}
