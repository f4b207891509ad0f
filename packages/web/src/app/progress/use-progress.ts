import { useEffect, useState } from 'preact/hooks'
import type { ProgressEvent, Task, TaskStatus } from '../answers.ts'
import { call, Refused } from '../api.ts'

const AGAIN_MS = 3000

export function isRunning(status: TaskStatus): boolean {
  return status === 'pending' || status === 'processing'
}

/** Follows a task by its stream of events; the browser resumes a stream that breaks off behind the last event it saw. */
export function useProgress(taskId: string) {
  const [task, setTask] = useState<Task | null>(null)
  const [events, setEvents] = useState<readonly ProgressEvent[]>([])
  const [isMissing, setMissing] = useState(false)
  const [round, setRound] = useState(0)
  useEffect(() => {
    let source: EventSource | null = null
    let timer: ReturnType<typeof setTimeout> | undefined
    let isGone = false
    const stop = () => {
      isGone = true
      clearTimeout(timer)
      source?.close()
    }
    const readTask = () =>
      call<Task>('GET', `/api/status/${taskId}`).then(
        (found) => {
          if (!isGone) setTask(found)
          return found
        },
        (error: unknown) => {
          // while the service is away nothing is known of the task
          if (isGone || !(error instanceof Refused) || error.isSessionOver || error.status >= 500) return null
          setMissing(true)
          stop()
          return null
        },
      )
    // only the task itself says that it is over: one that was started again has old ends among its events
    const closeIfOver = () =>
      readTask().then((found) => {
        if (found !== null && !isRunning(found.status)) stop()
      })
    const open = () => {
      setEvents([])
      source = new EventSource(`/api/progress/${taskId}`)
      source.onmessage = ({ data }: MessageEvent<string>) => {
        const event = JSON.parse(data) as ProgressEvent
        setEvents((all) => [...all, event])
        if (!isRunning(event.status)) void closeIfOver()
      }
      source.onerror = () => {
        if (isGone) return
        // a stream that is refused for want of a session: the call is refused too, which leads to the login
        void closeIfOver()
        if (source?.readyState === EventSource.CLOSED) timer = setTimeout(open, AGAIN_MS)
      }
    }
    setMissing(false)
    open()
    void readTask()
    return stop
  }, [taskId, round])
  return { task, events, isMissing, restart: () => setRound((count) => count + 1) }
}
