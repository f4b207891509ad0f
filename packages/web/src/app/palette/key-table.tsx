import { useShowing } from '../session/showing.tsx'
import { paletteWords } from '../words/palette.ts'
import { useCommands } from './commands.ts'

/** Every key that does something. */
export function KeyTable() {
  const { language } = useShowing()
  const words = paletteWords[language]
  const commands = useCommands()
  const rows: (readonly [string, string])[] = [
    ['?', words('help')],
    ['Ctrl K', words('open')],
    ['/', words('search')],
    ...commands.flatMap(({ keys, label }) => (keys === null ? [] : [[keys, label] as const])),
    ['Esc', words('leave')],
    ['↑ ↓ ← → Home End', words('lists')],
    ['+ − 0 ← →', words('charts')],
  ]
  return (
    <table class="keys">
      <thead>
        <tr>
          <th scope="col">{words('key')}</th>
          <th scope="col">{words('does')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([keys, does]) => (
          <tr key={keys}>
            <th scope="row" class="keys-cell">
              <kbd>{keys}</kbd>
            </th>
            <td class="keys-cell">{does}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
