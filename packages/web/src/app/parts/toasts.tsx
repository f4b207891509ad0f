import { type ComponentChildren, createContext } from 'preact'
import { useCallback, useContext, useEffect, useState } from 'preact/hooks'
import { useShowing } from '../session/showing.tsx'

const SHOWN_MS = 8000
interface Toast {
  readonly id: number
  readonly text: string
}
type Tell = (text: string) => void

const ToastContext = createContext<Tell>(() => {})
let told = 0

/** Short messages in a corner, read out politely; Escape closes the newest. */
export function ToastProvider({ children }: { children: ComponentChildren }) {
  const { words } = useShowing()
  const [toasts, setToasts] = useState<readonly Toast[]>([])
  const close = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), [])
  const tell = useCallback<Tell>(
    (text) => {
      const id = ++told
      setToasts((all) => [...all, { id, text }])
      setTimeout(() => close(id), SHOWN_MS)
    },
    [close],
  )
  useEffect(() => {
    const onKey = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') setToasts((all) => all.slice(0, -1))
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  return (
    <ToastContext.Provider value={tell}>
      {children}
      <div class="toasts" role="status">
        {toasts.map(({ id, text }) => (
          <div class="toast" key={id}>
            <span>{text}</span>
            <button type="button" aria-label={words('close')} onClick={() => close(id)}>
              ×
            </button>
          </div>
        ))}
      </div>
    </ToastContext.Provider>
  )
}

export function useToast(): Tell {
  return useContext(ToastContext)
}
