import { useShowing } from '../session/showing.tsx'
import { historyWords } from '../words/history.ts'

/** Columns that the service can sort by. */
export type TaskSort = 'uploaded_at' | 'filename' | 'file_size_bytes' | 'health_score'

interface SortHeadProps {
  readonly column: TaskSort
  readonly word: string
  readonly sort: TaskSort
  readonly order: 'asc' | 'desc'
  readonly isNumber?: boolean
  readonly onSort: (sort: TaskSort, order: 'asc' | 'desc') => void
}

/** The head of a column that sorts the whole list, not only the page on show. */
export function SortHead({ column, word, sort, order, isNumber = false, onSort }: SortHeadProps) {
  const { language } = useShowing()
  const isSorted = sort === column
  const first = column === 'filename' ? 'asc' : 'desc'
  const next = isSorted ? (order === 'asc' ? 'desc' : 'asc') : first
  return (
    <th
      scope="col"
      class={isNumber ? 'number' : ''}
      aria-sort={!isSorted ? 'none' : order === 'asc' ? 'ascending' : 'descending'}
    >
      <button
        type="button"
        class="sort"
        aria-label={historyWords[language]('sortBy', { column: word })}
        onClick={() => onSort(column, next)}
      >
        {word}
      </button>
    </th>
  )
}
