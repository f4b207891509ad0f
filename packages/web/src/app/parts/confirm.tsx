import { useEffect, useRef } from 'preact/hooks'
import { useShowing } from '../session/showing.tsx'

interface ConfirmProps {
  readonly question: string
  readonly warning: string
  readonly verb: string
  readonly onAnswer: (isMeant: boolean) => void
}

/** Asks before something that cannot be undone; the browser keeps the focus in it and gives it back. */
export function Confirm({ question, warning, verb, onAnswer }: ConfirmProps) {
  const { words } = useShowing()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} class="card" aria-labelledby="question" onCancel={() => onAnswer(false)}>
      <h2 id="question">{question}</h2>
      <p>{warning}</p>
      <div class="buttons">
        <button type="button" onClick={() => onAnswer(false)}>
          {words('cancel')}
        </button>
        <button type="button" class="danger" onClick={() => onAnswer(true)}>
          {verb}
        </button>
      </div>
    </dialog>
  )
}
