import { useEffect, useRef, useState } from 'preact/hooks'
import { useShowing } from '../session/showing.tsx'
import { paletteWords } from '../words/palette.ts'
import { type Command, useCommands } from './commands.ts'

/** Every command by a part of its name. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { language } = useShowing()
  const words = paletteWords[language]
  const dialog = useRef<HTMLDialogElement>(null)
  const commands = useCommands()
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  useEffect(() => dialog.current?.showModal(), [])
  const wanted = text.trim().toLowerCase().split(/\s+/)
  const found = commands.filter(({ label }) => wanted.every((word) => label.toLowerCase().includes(word)))
  const run = (command: Command | undefined) => {
    if (command === undefined) return
    onClose()
    command.act()
  }
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: found.length - 1 }[event.key]
    if (step !== undefined && found.length > 0) {
      event.preventDefault()
      setActive((active + step) % found.length)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      run(found[active])
    }
  }
  return (
    <dialog ref={dialog} class="card palette" aria-label={words('palette')} onCancel={onClose}>
      <input
        type="text"
        role="combobox"
        aria-label={words('type')}
        placeholder={words('type')}
        aria-expanded="true"
        aria-controls="palette-commands"
        aria-autocomplete="list"
        {...(found.length > 0 ? { 'aria-activedescendant': `command-${active}` } : {})}
        value={text}
        onInput={({ currentTarget }) => {
          setText(currentTarget.value)
          setActive(0)
        }}
        onKeyDown={onKey}
      />
      <ul id="palette-commands" role="listbox" aria-label={words('palette')}>
        {found.map((command, index) => (
          <li
            key={command.id}
            id={`command-${index}`}
            role="option"
            aria-selected={index === active}
            onClick={() => run(command)}
          >
            {command.label} {command.keys !== null && <kbd>{command.keys}</kbd>}
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="quiet">{words('nothing')}</p>}
    </dialog>
  )
}
