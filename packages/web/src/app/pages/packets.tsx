import { useEffect, useState } from 'preact/hooks'
import type { Task } from '../answers.ts'
import { call } from '../api.ts'
import type { PacketColumn, ReportAccess } from '../packets/answers.ts'
import { FilterBar } from '../packets/filter-bar.tsx'
import { FollowStream } from '../packets/follow-stream.tsx'
import { PacketDetail } from '../packets/packet-detail.tsx'
import { PacketList } from '../packets/packet-list.tsx'
import { usePacketPlace } from '../packets/packet-place.ts'
import { usePackets } from '../packets/use-packets.ts'
import { Page, Skeleton } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { useShowing } from '../session/showing.tsx'
import { packetWords } from '../words/packets.ts'

/** The packets of a stored capture: a filter, the list, one taken apart, a stream followed. The address holds all of it. */
export function PacketsPage() {
  const { words: general, language } = useShowing()
  const words = packetWords[language]
  const { taskId, place, go } = usePacketPlace()
  const packets = usePackets(taskId, place)
  const { access, name } = useAccess(taskId)
  const { counts, problem } = packets
  const mayFollow = access?.level === 'payload' || access?.level === 'raw'
  const sort = (column: PacketColumn, isDescending: boolean) => go({ sort: column, isDescending })
  return (
    <Page title={name === null ? words('list') : words('title', { name })} kind="full">
      <nav class="saves" aria-label={words('back')}>
        <a href={`/reports/${taskId}`}>{words('back')}</a>
        {access?.level === 'raw' && access.has_capture && (
          <a href={`/api/tasks/${taskId}/capture`} download>
            {words('download')}
          </a>
        )}
      </nav>
      <FilterBar filter={place.filter} onApply={(filter) => go({ filter, frame: null })} />
      <Problem text={problem} />
      <p class="packet-counts quiet" role="status">
        {counts === null
          ? problem === null
            ? general('loading')
            : ''
          : words('shown', { passed: counts.passed, packets: counts.packets })}
        {counts !== null && counts.listed < counts.passed && ` – ${words('cut', { listed: counts.listed })}`}
        {counts !== null && counts.passed === 0 && ` – ${words('none')}`}
      </p>
      {counts === null && problem === null ? (
        <div class="card packet-list">
          <Skeleton lines={12} />
        </div>
      ) : (
        <PacketList packets={packets} place={place} onSort={sort} onPick={(frame) => go({ frame })} />
      )}
      {place.frame === null ? (
        <p class="card quiet">{words('pick')}</p>
      ) : (
        <PacketDetail
          taskId={taskId}
          frame={place.frame}
          onFilter={(filter) => go({ filter })}
          onFollow={mayFollow ? (transport, stream) => go({ stream: [transport, stream] }) : null}
        />
      )}
      {place.stream !== null && (
        <FollowStream
          taskId={taskId}
          stream={place.stream}
          onGo={(stream) => go({ stream })}
          onFrame={(frame) => go({ stream: null, frame })}
          onClose={() => go({ stream: null })}
        />
      )}
    </Page>
  )
}

function useAccess(taskId: string): { access: ReportAccess | null; name: string | null } {
  const [access, setAccess] = useState<ReportAccess | null>(null)
  const [name, setName] = useState<string | null>(null)
  useEffect(() => {
    call<ReportAccess>('GET', `/api/tasks/${taskId}/access`).then(
      (found) => {
        setAccess(found)
        if (found.is_own)
          call<Task>('GET', `/api/status/${taskId}`).then(
            ({ filename }) => setName(filename),
            () => {},
          )
      },
      () => setAccess(null),
    )
  }, [taskId])
  return { access, name }
}
