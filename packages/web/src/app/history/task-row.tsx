import type { Task } from '../answers.ts'
import { bytesText, numberText, timeText } from '../format.ts'
import { isRunning } from '../progress/use-progress.ts'
import { useShowing } from '../session/showing.tsx'

interface TaskRowProps {
  readonly task: Task
  readonly hasOwner: boolean
  readonly isChosen: boolean
  readonly onChoose: () => void
  readonly onRemove: () => void
}

/** One capture of the history. */
export function TaskRow({ task, hasOwner, isChosen, onChoose, onRemove }: TaskRowProps) {
  const { words, language } = useShowing()
  const isGone = task.status === 'expired'
  return (
    <tr>
      <td>
        {!isGone && (
          <input
            type="checkbox"
            aria-label={words('select', { name: task.filename })}
            checked={isChosen}
            onChange={onChoose}
          />
        )}
      </td>
      <th scope="row">
        <TaskLink task={task} />
      </th>
      <td>
        <span class={`state state-${task.status}`}>{words(`statuses.${task.status}`)}</span>
      </td>
      <td class="nowrap">
        <time dateTime={task.uploaded_at}>{timeText(task.uploaded_at, language)}</time>
      </td>
      <td class="number">{bytesText(task.file_size_bytes, language)}</td>
      <td class="number">{task.total_packets === null ? '–' : numberText(task.total_packets, language)}</td>
      <td class="number">{task.health_score === null ? '–' : numberText(task.health_score, language)}</td>
      <td class="nowrap">{task.expires_at === null ? '–' : timeText(task.expires_at, language)}</td>
      {hasOwner && <td>{task.owner_username ?? '–'}</td>}
      <td>
        {!isGone && (
          <button type="button" aria-label={words('removeNamed', { name: task.filename })} onClick={onRemove}>
            {words('remove')}
          </button>
        )}
      </td>
    </tr>
  )
}

function TaskLink({ task: { task_id, filename, status } }: { task: Task }) {
  if (status === 'completed') return <a href={`/reports/${task_id}`}>{filename}</a>
  if (isRunning(status) || status === 'failed' || status === 'cancelled') {
    return <a href={`/progress/${task_id}`}>{filename}</a>
  }
  return <>{filename}</>
}
