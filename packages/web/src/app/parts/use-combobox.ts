import * as combobox from '@zag-js/combobox'
import { normalizeProps, useMachine } from '@zag-js/preact'
import { useId } from 'preact/hooks'

interface ComboboxOptions<Item> {
  readonly items: readonly Item[]
  readonly nameOf: (item: Item) => string
  /** What stands in the field. */
  readonly text: string
  readonly onText: (text: string) => void
  /** An item was chosen; the field keeps its text. */
  readonly onTake: (value: string) => void
  /** Whether the list is always there and its first item ready, or comes with what is typed and waits for an arrow. */
  readonly isAlwaysOpen?: boolean
}

/** A field with a list of what may be meant, walked with the arrows while the focus stays in the field. */
export function useCombobox<Item>({
  items,
  nameOf,
  text,
  onText,
  onTake,
  isAlwaysOpen = false,
}: ComboboxOptions<Item>) {
  const id = useId()
  const inputId = `${id}-field`
  const service = useMachine(combobox.machine as combobox.Machine<Item>, {
    id,
    // The machine writes text back into its input after a frame, which swallows what was typed meanwhile; so it gets to know the text, but
    // not the element.
    ids: { input: `${id}-none` },
    collection: combobox.collection({ items, itemToValue: nameOf, itemToString: nameOf }),
    value: [],
    allowCustomValue: true,
    selectionBehavior: 'preserve',
    openOnClick: false,
    // fixed: a list that has not followed its field yet, as when the window narrows, does not widen the page
    positioning: { strategy: 'fixed', sameWidth: true, gutter: 2 },
    onInputValueChange: ({ inputValue, reason }) => {
      if (reason === 'input-change') onText(inputValue)
    },
    onSelect: ({ itemValue }) => onTake(itemValue),
    ...(isAlwaysOpen && { open: true, disableLayer: true, inputBehavior: 'autohighlight' }),
  })
  const api = combobox.connect(service, normalizeProps)
  const { defaultValue: _, ...rest } = api.getInputProps() as Record<string, unknown>
  return { api, inputId, inputProps: { ...rest, id: inputId, value: text } as object }
}
