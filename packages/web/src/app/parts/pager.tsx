import { useShowing } from '../session/showing.tsx'

interface PagerProps {
  readonly offset: number
  readonly limit: number
  readonly total: number
  readonly onGo: (offset: number) => void
}

/** Which part of a list is shown, and the parts beside it. */
export function Pager({ offset, limit, total, onGo }: PagerProps) {
  const { words } = useShowing()
  return (
    <div class="pager">
      <span role="status">
        {words('page', { from: Math.min(offset + 1, total), to: Math.min(offset + limit, total), total })}
      </span>
      <button type="button" disabled={offset === 0} onClick={() => onGo(Math.max(0, offset - limit))}>
        {words('earlier')}
      </button>
      <button type="button" disabled={offset + limit >= total} onClick={() => onGo(offset + limit)}>
        {words('later')}
      </button>
    </div>
  )
}
