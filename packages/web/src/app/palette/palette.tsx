import { useState } from 'preact/hooks'
import { Dialog } from '../parts/dialog.tsx'
import { useCombobox } from '../parts/use-combobox.ts'
import { useShowing } from '../session/showing.tsx'
import { paletteWords } from '../words/palette.ts'
import { useCommands } from './commands.ts'

/** Every command by a part of its name. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { language } = useShowing()
  const words = paletteWords[language]
  const commands = useCommands()
  const [text, setText] = useState('')
  const wanted = text.trim().toLowerCase().split(/\s+/)
  const found = commands.filter(({ label }) => wanted.every((word) => label.toLowerCase().includes(word)))
  const { api, inputProps } = useCombobox({
    items: found,
    nameOf: ({ id }) => id,
    text,
    onText: setText,
    isAlwaysOpen: true,
    onTake: (id) => {
      onClose()
      commands.find((command) => command.id === id)?.act()
    },
  })
  return (
    <Dialog title={words('palette')} hasHeading={false} class="palette" onClose={onClose}>
      <div {...api.getRootProps()}>
        <div {...api.getControlProps()}>
          <input {...inputProps} aria-label={words('type')} placeholder={words('type')} />
        </div>
        <ul {...api.getContentProps()} aria-label={words('palette')}>
          {found.map((command) => (
            <li key={command.id} {...api.getItemProps({ item: command })}>
              {command.label} {command.keys !== null && <kbd>{command.keys}</kbd>}
            </li>
          ))}
        </ul>
      </div>
      {found.length === 0 && <p class="quiet">{words('nothing')}</p>}
    </Dialog>
  )
}
