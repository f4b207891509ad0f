import * as menu from '@zag-js/menu'
import { normalizeProps, useMachine } from '@zag-js/preact'
import { useId } from 'preact/hooks'

/** Something that a menu offers: a file to save, or something to switch on and off. */
export type MenuItem =
  | { readonly is: 'file'; readonly label: string; readonly address: string; readonly name: string | true }
  | {
      readonly is: 'switch'
      readonly label: string
      readonly isOn: boolean
      readonly onSwitch: (isOn: boolean) => void
    }

interface MenuProps {
  readonly label: string
  readonly items: readonly MenuItem[]
  readonly onOpen?: () => void
}

/** A button that opens a menu, walked with the arrows and by first letters. */
export function Menu({ label, items, onOpen }: MenuProps) {
  const service = useMachine(menu.machine, {
    id: useId(),
    positioning: { strategy: 'fixed', placement: 'bottom-start' },
    onOpenChange: ({ open }) => {
      if (open) onOpen?.()
    },
  })
  const api = menu.connect(service, normalizeProps)
  return (
    <div class="menu">
      <button {...api.getTriggerProps()} type="button">
        {label} <span aria-hidden="true">▾</span>
      </button>
      <div {...api.getPositionerProps()}>
        <div {...api.getContentProps()} class="card menu-list">
          {items.map((item) =>
            item.is === 'file' ? (
              <a
                key={item.address}
                {...api.getItemProps({ value: item.address })}
                href={item.address}
                download={item.name}
              >
                {item.label}
              </a>
            ) : (
              <div
                key={item.label}
                {...api.getOptionItemProps({
                  type: 'checkbox',
                  value: item.label,
                  checked: item.isOn,
                  closeOnSelect: false,
                  onCheckedChange: item.onSwitch,
                })}
              >
                <span class="menu-tick" aria-hidden="true">
                  {item.isOn ? '✓' : ''}
                </span>{' '}
                {item.label}
              </div>
            ),
          )}
        </div>
      </div>
    </div>
  )
}
