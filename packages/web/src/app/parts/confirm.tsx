import { useShowing } from '../session/showing.tsx'
import { useLater } from './use-later.ts'

const loadDialog = () => import('./dialog.tsx').then(({ Dialog }) => Dialog)

interface ConfirmProps {
  readonly question: string
  readonly warning: string
  readonly verb: string
  readonly onAnswer: (isMeant: boolean) => void
}

/** Asks before something that cannot be undone. */
export function Confirm({ question, warning, verb, onAnswer }: ConfirmProps) {
  const { words } = useShowing()
  const Dialog = useLater(loadDialog, true)
  if (Dialog === null) return null
  return (
    <Dialog title={question} isAlert onClose={() => onAnswer(false)}>
      <p>{warning}</p>
      <div class="buttons">
        <button type="button" onClick={() => onAnswer(false)}>
          {words('cancel')}
        </button>
        <button type="button" class="danger" onClick={() => onAnswer(true)}>
          {verb}
        </button>
      </div>
    </Dialog>
  )
}
