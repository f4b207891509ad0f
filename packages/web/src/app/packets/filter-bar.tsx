import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { useShowing } from '../session/showing.tsx'
import { packetWords } from '../words/packets.ts'
import { earlierFilters, rememberFilter } from './filter-history.ts'
import { complete, fieldsFor, type Suggestion, stateOfFilter } from './filter-words.ts'

/** The bar for display filters: green when it can be applied, red with the reason when not; applied by Enter, never by half. */
export function FilterBar({ filter, onApply }: { filter: string; onApply: (filter: string) => void }) {
  const { language } = useShowing()
  const words = packetWords[language]
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState(filter)
  const [options, setOptions] = useState<readonly Suggestion[]>([])
  const [active, setActive] = useState(-1)
  useEffect(() => setText(filter), [filter])
  const state = stateOfFilter(text)
  const close = () => {
    setOptions([])
    setActive(-1)
  }
  const offer = (typed: string, cursor: number) => {
    setActive(-1)
    setOptions(
      typed.trim() === ''
        ? earlierFilters().map((one) => ({ text: one, description: words('earlierFilters') }))
        : fieldsFor(typed, cursor),
    )
  }
  const take = ({ text: word }: Suggestion) => {
    const cursor = input.current?.selectionStart ?? text.length
    const next = text.trim() === '' ? { text: word, cursor: word.length } : complete(text, cursor, word)
    setText(next.text)
    close()
    requestAnimationFrame(() => {
      input.current?.focus()
      input.current?.setSelectionRange(next.cursor, next.cursor)
    })
  }
  const apply = (chosen: string) => {
    close()
    if (stateOfFilter(chosen).is === 'wrong') return
    if (chosen.trim() !== '') rememberFilter(chosen.trim())
    onApply(chosen.trim())
  }
  const onKey = (event: KeyboardEvent) => {
    const { length } = options
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (length === 0) offer(text, input.current?.selectionStart ?? text.length)
      else setActive((active + (event.key === 'ArrowDown' ? 1 : length)) % length)
    } else if (event.key === 'Escape' && length > 0) {
      event.stopPropagation()
      close()
    } else if ((event.key === 'Enter' || event.key === 'Tab') && options[active] !== undefined) {
      event.preventDefault()
      take(options[active])
    }
  }
  return (
    <form
      class={`filter-bar filter-${state.is}`}
      role="search"
      onSubmit={(event) => {
        event.preventDefault()
        apply(text)
      }}
    >
      <label for={id} class="visually-hidden">
        {words('filter')}
      </label>
      <div class="filter-box">
        <input
          id={id}
          ref={input}
          class="filter-input"
          type="text"
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          maxLength={2000}
          placeholder={`${words('filter')}, ${words('filterHint')}`}
          value={text}
          role="combobox"
          aria-expanded={options.length > 0}
          aria-controls={`${id}-options`}
          aria-autocomplete="list"
          aria-invalid={state.is === 'wrong'}
          aria-describedby={`${id}-state`}
          {...(active >= 0 ? { 'aria-activedescendant': `${id}-${active}` } : {})}
          onInput={({ currentTarget }) => {
            setText(currentTarget.value)
            offer(currentTarget.value, currentTarget.selectionStart ?? currentTarget.value.length)
          }}
          onKeyDown={onKey}
          onBlur={close}
        />
        <ul
          id={`${id}-options`}
          class="options"
          role="listbox"
          aria-label={words('fields')}
          hidden={options.length === 0}
        >
          {options.map((option, index) => (
            <li
              key={option.text}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === active}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(option)}
            >
              <code>{option.text}</code> <span class="quiet">{option.description}</span>
            </li>
          ))}
        </ul>
      </div>
      <button type="submit" disabled={state.is === 'wrong'}>
        {words('apply')}
      </button>
      <button type="button" disabled={text === '' && filter === ''} onClick={() => apply('')}>
        {words('clear')}
      </button>
      <p id={`${id}-state`} class="filter-state" aria-live="polite">
        {state.is === 'wrong' && `${state.message}${state.hint === null ? '' : ` – ${state.hint}`}`}
        {state.is === 'ambiguous' && words('ambiguous')}
        {state.is === 'valid' && <span class="visually-hidden">{words('valid')}</span>}
      </p>
    </form>
  )
}
