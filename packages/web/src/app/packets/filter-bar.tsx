import { useRef, useState } from 'preact/hooks'
import { useCombobox } from '../parts/use-combobox.ts'
import { useShowing } from '../session/showing.tsx'
import { packetWords } from '../words/packets.ts'
import { earlierFilters, rememberFilter } from './filter-history.ts'
import { complete, fieldsFor, type Suggestion, stateOfFilter } from './filter-words.ts'

/** The bar for display filters: green when it can be applied, red with the reason when not; applied by Enter, never by half. */
export function FilterBar({ filter, onApply }: { filter: string; onApply: (filter: string) => void }) {
  const { language } = useShowing()
  const words = packetWords[language]
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState(filter)
  const [applied, setApplied] = useState(filter)
  // while it is drawn and not after: what was typed meanwhile would be lost
  if (filter !== applied) {
    setApplied(filter)
    setText(filter)
  }
  const state = stateOfFilter(text, language)
  const options: readonly Suggestion[] =
    text.trim() === ''
      ? earlierFilters().map((one) => ({ text: one, description: words('earlierFilters') }))
      : fieldsFor(text, input.current?.selectionStart ?? text.length, language)
  /** Puts a word in the place of the one before the cursor. */
  const take = (word: string) => {
    const cursor = input.current?.selectionStart ?? text.length
    const next = text.trim() === '' ? { text: word, cursor: word.length } : complete(text, cursor, word)
    setText(next.text)
    requestAnimationFrame(() => input.current?.setSelectionRange(next.cursor, next.cursor))
  }
  const apply = (chosen: string) => {
    if (stateOfFilter(chosen, language).is === 'wrong') return
    if (chosen.trim() !== '') rememberFilter(chosen.trim())
    onApply(chosen.trim())
  }
  const { api, inputId, inputProps } = useCombobox({
    items: options,
    nameOf: ({ text: word }) => word,
    text,
    onText: setText,
    onTake: take,
  })
  return (
    <form
      class={`filter-bar filter-${state.is}`}
      role="search"
      onSubmit={(event) => {
        event.preventDefault()
        apply(text)
      }}
    >
      <label for={inputId} class="visually-hidden">
        {words('filter')}
      </label>
      <div {...api.getControlProps()} class="filter-box">
        <input
          {...inputProps}
          ref={input}
          class="filter-input"
          maxLength={2000}
          placeholder={`${words('filter')}, ${words('filterHint')}`}
          aria-invalid={state.is === 'wrong'}
          aria-describedby={`${inputId}-state`}
        />
      </div>
      <div {...api.getPositionerProps()}>
        <ul
          {...api.getContentProps()}
          class="options"
          aria-label={words('fields')}
          hidden={!api.open || options.length === 0}
        >
          {options.map((option) => (
            <li key={option.text} {...api.getItemProps({ item: option })}>
              <code>{option.text}</code> <span class="quiet">{option.description}</span>
            </li>
          ))}
        </ul>
      </div>
      <button type="submit" disabled={state.is === 'wrong'}>
        {words('apply')}
      </button>
      <button
        type="button"
        disabled={text === '' && filter === ''}
        onClick={() => {
          setText('')
          apply('')
        }}
      >
        {words('clear')}
      </button>
      <p id={`${inputId}-state`} class="filter-state" aria-live="polite">
        {state.is === 'wrong' && `${state.message}${state.hint === null ? '' : ` – ${state.hint}`}`}
        {state.is === 'ambiguous' && words('ambiguous')}
        {state.is === 'valid' && <span class="visually-hidden">{words('valid')}</span>}
      </p>
    </form>
  )
}
