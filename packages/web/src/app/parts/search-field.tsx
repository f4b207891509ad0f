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
  /** What was typed and the address has not shown yet: when it comes, more may have been typed. */
  const awaited = useRef<string[]>([])
  useEffect(() => {
    const at = awaited.current.indexOf(value)
    awaited.current = at < 0 ? [] : awaited.current.slice(at + 1)
    if (at < 0) setText(value)
  }, [value])
  return (
    <label>
      {label}
      <input
        type="search"
        value={text}
        onInput={({ currentTarget }) => {
          awaited.current.push(currentTarget.value)
          setText(currentTarget.value)
          onSearch(currentTarget.value)
        }}
      />
    </label>
  )
}
