import { useEffect, useState } from 'preact/hooks'
import type { ProgressEvent, Task, TaskStatus } from './answers.ts'
import { call } from './api.ts'

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
    const readTask = () =>
      call<Task>('GET', `/api/status/${taskId}`).then(
        (found) => !isGone && setTask(found),
        () => !isGone && setMissing(true),
      )
    const open = () => {
      setEvents([])
      source = new EventSource(`/api/progress/${taskId}`)
      source.onmessage = ({ data }: MessageEvent<string>) => {
        const event = JSON.parse(data) as ProgressEvent
        setEvents((all) => [...all, event])
        if (isRunning(event.status)) return
        source?.close()
        void readTask()
      }
      source.onerror = () => {
        if (isGone || source?.readyState !== EventSource.CLOSED) return
        // refused: an ended session shows itself in the call, which leads to the login
        void readTask()
        timer = setTimeout(open, AGAIN_MS)
      }
    }
    setMissing(false)
    void readTask()
    open()
    return () => {
      isGone = true
      clearTimeout(timer)
      source?.close()
    }
  }, [taskId, round])
  return { task, events, isMissing, restart: () => setRound((count) => count + 1) }
}
