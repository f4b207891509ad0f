import { useEffect, useRef, useState } from 'preact/hooks'
import { call } from '../api.ts'
import { refusalText } from '../refusal-text.ts'
import { useShowing } from '../session/showing.tsx'
import type { PacketPage, PacketRow } from './answers.ts'
import type { PacketPlace } from './packet-place.ts'
import { windowId } from './window-id.ts'

const PAGE_ROWS = 200

export interface Packets {
  readonly counts: Omit<PacketPage, 'rows'> | null
  readonly problem: string | null
  row(index: number): PacketRow | undefined
  /** Asks for rows that are about to be seen. */
  want(first: number, last: number): void
}

/** Rows of a list, asked for page by page as they come into sight. */
export function usePackets(taskId: string, { filter, sort, isDescending }: PacketPlace): Packets {
  const { language } = useShowing()
  const [counts, setCounts] = useState<Packets['counts']>(null)
  const [failure, setFailure] = useState<{ error: unknown } | null>(null)
  const [, setRead] = useState(0)
  const pages = useRef(new Map<number, readonly PacketRow[] | 'asked'>())
  const round = useRef(new AbortController())

  const read = async (page: number) => {
    const { signal } = round.current
    pages.current.set(page, 'asked')
    const query = new URLSearchParams({
      filter,
      sort,
      order: isDescending ? 'desc' : 'asc',
      offset: String(page * PAGE_ROWS),
      limit: String(PAGE_ROWS),
      window: windowId,
    })
    try {
      const { rows, ...found } = await call<PacketPage>(
        'GET',
        `/api/tasks/${taskId}/packets?${query}`,
        undefined,
        signal,
      )
      if (signal.aborted) return
      pages.current.set(page, rows)
      setCounts(found)
      setRead((read) => read + 1)
    } catch (error) {
      if (signal.aborted) return
      pages.current.delete(page)
      setFailure({ error })
    }
  }
  useEffect(() => {
    const asking = new AbortController()
    round.current = asking
    pages.current = new Map()
    setCounts(null)
    setFailure(null)
    void read(0)
    // the service need not go on for a filter that nobody looks at
    return () => asking.abort()
  }, [taskId, filter, sort, isDescending])

  return {
    counts,
    problem: failure === null ? null : refusalText(failure.error, language),
    row(index) {
      const page = pages.current.get(Math.floor(index / PAGE_ROWS))
      return page === 'asked' ? undefined : page?.[index % PAGE_ROWS]
    },
    want(first, last) {
      if (counts === null || failure !== null) return
      for (let page = Math.floor(first / PAGE_ROWS); page <= Math.floor(last / PAGE_ROWS); page++) {
        if (!pages.current.has(page) && page * PAGE_ROWS < counts.listed) void read(page)
      }
    },
  }
}
