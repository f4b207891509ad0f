import { useEffect, useRef, useState } from 'preact/hooks'

/** A field whose text the address holds. What is typed stands at once: the address may follow later. */
export function SearchField({
  label,
  value,
  onSearch,
}: {
  label: string
  value: string
  onSearch: (text: string) => void
}) {
  const [text, setText] = useState(value)
  const told = useRef(value)
  useEffect(() => {
    if (value === told.current) return
    told.current = value
    setText(value)
  }, [value])
  return (
    <label>
      {label}
      <input
        type="search"
        value={text}
        onInput={({ currentTarget }) => {
          told.current = currentTarget.value
          setText(currentTarget.value)
          onSearch(currentTarget.value)
        }}
      />
    </label>
  )
}
