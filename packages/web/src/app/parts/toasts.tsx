import { normalizeProps, useMachine } from '@zag-js/preact'
import * as toast from '@zag-js/toast'
import { useEffect, useId } from 'preact/hooks'
import { useShowing } from '../session/showing.tsx'

const SHOWN_MS = 8000
const MOST = 5
const store = toast.createStore({ placement: 'bottom-end', max: MOST, duration: SHOWN_MS, gap: 8 })

/** Short messages in a corner, read out politely; they wait while they are looked at, and Escape closes the newest. */
export function Toasts() {
  const { words } = useShowing()
  const service = useMachine(toast.group.machine, { id: useId(), store })
  const api = toast.group.connect(service, normalizeProps)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const [newest] = store.getVisibleToasts()
      if (event.key === 'Escape' && !event.defaultPrevented && newest !== undefined) store.dismiss(newest.id)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  return (
    <div {...api.getGroupProps({ label: words('messages') })} class="toasts">
      {api.getToasts().map((one, index) => (
        <Toast key={one.id} options={one} index={index} group={service} />
      ))}
    </div>
  )
}

interface ToastProps {
  readonly options: toast.Options<string>
  readonly index: number
  readonly group: toast.GroupService
}

function Toast({ options, index, group }: ToastProps) {
  const { words } = useShowing()
  const service = useMachine(toast.machine, {
    ...(options as object),
    id: options.id ?? '',
    parent: group,
    index,
    translations: { closeTriggerLabel: words('close') },
  })
  const api = toast.connect(service, normalizeProps)
  return (
    <div {...api.getRootProps()} class="toast">
      <span {...api.getTitleProps()}>{api.title}</span>
      <button {...api.getCloseTriggerProps()} type="button">
        {words('close')}
      </button>
    </div>
  )
}

export function useToast(): (text: string) => void {
  return tell
}

function tell(text: string): void {
  store.create({ title: text, type: 'info' })
}
