import { Dialog } from '../parts/dialog.tsx'
import { useShowing } from '../session/showing.tsx'
import { paletteWords } from '../words/palette.ts'
import { KeyTable } from './key-table.tsx'

/** Every key that does something, over the page. */
export function KeyDialog({ onClose }: { onClose: () => void }) {
  const { words: general, language } = useShowing()
  return (
    <Dialog title={paletteWords[language]('keys')} onClose={onClose}>
      <KeyTable />
      <div class="buttons">
        <button type="button" onClick={onClose}>
          {general('close')}
        </button>
      </div>
    </Dialog>
  )
}
