import type { FunctionComponent } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useCommands } from './commands.ts'

/** Keys that follow one another belong together for so long. */
const SEQUENCE_MS = 1500
const SETTLED_MS = 4000

/** Loaded when the first page stands still: nobody needs them before. */
const loadPalette = () => import('./palette.tsx')
const loadKeys = () => import('./key-dialog.tsx')

/** Listens to the keys of every page, and shows what they open. */
export function Keyboard() {
  const [Shown, setShown] = useState<FunctionComponent<{ onClose: () => void }> | null>(null)
  const commands = useRef(useCommands())
  commands.current = useCommands()
  useEffect(() => {
    let typed = ''
    let typedAtMs = 0
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault()
        return void loadPalette().then(({ Palette }) => setShown(() => Palette))
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      if (document.querySelector('[aria-modal="true"]') !== null) return
      if (event.key === '?') return void loadKeys().then(({ KeyDialog }) => setShown(() => KeyDialog))
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
    setTimeout(() => void loadPalette().catch(() => {}), SETTLED_MS)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  return Shown === null ? null : <Shown onClose={() => setShown(null)} />
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  )
}
