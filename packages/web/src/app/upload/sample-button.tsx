import { useState } from 'preact/hooks'
import { useShowing } from '../session/showing.tsx'
import { uploadWords } from '../words/upload.ts'

const SAMPLE = 'slow-download.pcap'

/** A capture with a known story, for whoever has none at hand. */
export function SampleButton({ onTake }: { onTake: (file: File) => void }) {
  const { language } = useShowing()
  const words = uploadWords[language]
  const [isBusy, setBusy] = useState(false)
  const take = async () => {
    setBusy(true)
    try {
      const response = await fetch(`/assets/${SAMPLE}`)
      if (response.ok) onTake(new File([await response.blob()], SAMPLE))
    } finally {
      setBusy(false)
    }
  }
  return (
    <p>
      {words('sampleLead')}{' '}
      <button type="button" disabled={isBusy} onClick={() => void take()}>
        {words('sample')}
      </button>
    </p>
  )
}
