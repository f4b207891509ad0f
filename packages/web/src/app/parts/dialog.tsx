import * as dialog from '@zag-js/dialog'
import { normalizeProps, useMachine } from '@zag-js/preact'
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface DialogProps {
  /** Shown as heading, unless it is a label alone. */
  readonly title: string
  readonly hasHeading?: boolean
  readonly isAlert?: boolean
  readonly class?: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** Over the page, which waits: the focus stays within, Escape closes, and the focus goes back to where it was. */
export function Dialog({
  title,
  hasHeading = true,
  isAlert = false,
  class: name = '',
  onClose,
  children,
}: DialogProps) {
  const service = useMachine(dialog.machine, {
    id: useId(),
    open: true,
    role: isAlert ? 'alertdialog' : 'dialog',
    closeOnInteractOutside: !isAlert,
    onOpenChange: ({ open }) => {
      if (!open) onClose()
    },
    ...(!hasHeading && { 'aria-label': title }),
  })
  const api = dialog.connect(service, normalizeProps)
  return (
    <>
      <div {...api.getBackdropProps()} class="backdrop" />
      <div {...api.getPositionerProps()} class="dialog-place">
        <div {...api.getContentProps()} class={`card dialog ${name}`}>
          {hasHeading && <h2 {...api.getTitleProps()}>{title}</h2>}
          {children}
        </div>
      </div>
    </>
  )
}
