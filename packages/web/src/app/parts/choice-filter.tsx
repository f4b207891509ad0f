import { useShowing } from '../session/showing.tsx'

interface ChoiceFilterProps<Value extends string> {
  readonly label: string
  /** Empty for all. */
  readonly value: string
  readonly options: readonly Value[]
  readonly wordOf: (value: Value) => string
  readonly onChoose: (value: string) => void
}

/** One kind of the rows of a list, or all of them. */
export function ChoiceFilter<Value extends string>({
  label,
  value,
  options,
  wordOf,
  onChoose,
}: ChoiceFilterProps<Value>) {
  const { words } = useShowing()
  return (
    <label>
      {label}
      <select value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        <option value="">{words('all')}</option>
        {options.map((option) => (
          <option key={option} value={option}>
            {wordOf(option)}
          </option>
        ))}
      </select>
    </label>
  )
}
