import { useEffect, useRef, useState } from 'preact/hooks'
import { Dialog } from '../parts/dialog.tsx'
import { useShowing } from '../session/showing.tsx'
import { paletteWords } from '../words/palette.ts'
import { useCommands } from './commands.ts'
import { KeyTable } from './key-table.tsx'
import { Palette } from './palette.tsx'

/** Keys that follow one another belong together for so long. */
const SEQUENCE_MS = 1500

/** Listens to the keys of every page, and shows what they open. */
export function Keyboard() {
  const [shown, setShown] = useState<'palette' | 'keys' | null>(null)
  const commands = useRef(useCommands())
  commands.current = useCommands()
  useEffect(() => {
    let typed = ''
    let typedAtMs = 0
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault()
        return setShown('palette')
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      if (document.querySelector('[aria-modal="true"]') !== null) return
      if (event.key === '?') return setShown('keys')
      if (event.key === '/') {
        const field = document.querySelector<HTMLElement>('main input[type="search"], main [role="combobox"]')
        if (field === null) return
        event.preventDefault()
        return field.focus()
      }
      if (event.key.length > 1) return
      typed = event.timeStamp - typedAtMs < SEQUENCE_MS && typed !== '' ? `${typed} ${event.key}` : event.key
      typedAtMs = event.timeStamp
      const command = commands.current.find(({ keys }) => keys === typed)
      if (command === undefined) return
      typed = ''
      command.act()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  if (shown === 'palette') return <Palette onClose={() => setShown(null)} />
  return shown === 'keys' ? <KeyDialog onClose={() => setShown(null)} /> : null
}

function KeyDialog({ onClose }: { onClose: () => void }) {
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

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  )
}
