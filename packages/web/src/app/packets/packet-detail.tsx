import { useEffect, useMemo, useState } from 'preact/hooks'
import { call } from '../api.ts'
import { Skeleton } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { useAction } from '../parts/use-action.ts'
import { useShowing } from '../session/showing.tsx'
import { packetWords } from '../words/packets.ts'
import { bytesOf, type Frame, type Transport } from './answers.ts'
import { ByteView } from './byte-view.tsx'
import { DetailTree, type Span } from './detail-tree.tsx'

interface PacketDetailProps {
  readonly taskId: string
  readonly frame: number
  readonly onFilter: (filter: string) => void
  /** Null when what was sent may not be seen. */
  readonly onFollow: ((transport: Transport, stream: number) => void) | null
}

/** One packet taken apart: the tree of its fields and its bytes, which mark each other. */
export function PacketDetail({ taskId, frame, onFilter, onFollow }: PacketDetailProps) {
  const { language } = useShowing()
  const words = packetWords[language]
  const { problem, ask } = useAction()
  const [shown, setShown] = useState<Frame | null>(null)
  const [chosen, setChosen] = useState<Span | null>(null)
  useEffect(() => {
    setChosen(null)
    void ask(() => call<Frame>('GET', `/api/tasks/${taskId}/packets/${frame}`), setShown)
  }, [taskId, frame])
  const bytes = useMemo(() => bytesOf(shown?.base64 ?? ''), [shown])
  const [, , , , , , , , transport, stream] = shown?.row ?? []
  return (
    <section class="card packet-detail" aria-labelledby="detail-title">
      <div class="detail-head">
        <h2 id="detail-title">{words('detail', { number: frame })}</h2>
        {shown !== null && shown.epoch !== '' && <span class="quiet">{`${words('at')} ${isoText(shown.epoch)}`}</span>}
        {transport && stream !== undefined && stream >= 0 && (
          <span class="buttons">
            <button type="button" onClick={() => onFilter(`${transport}.stream == ${stream}`)}>
              {words('conversation')}
            </button>
            {onFollow !== null && (
              <button type="button" onClick={() => onFollow(transport, stream)}>
                {words('follow')}
              </button>
            )}
          </span>
        )}
      </div>
      <Problem text={problem} />
      {shown === null && problem === null && <Skeleton lines={6} />}
      {shown !== null && (
        <div class={shown.row[0] === frame ? 'detail-parts' : 'detail-parts detail-old'}>
          <DetailTree nodes={shown.nodes} chosen={chosen} onChoose={setChosen} onFilter={onFilter} />
          <div>
            <ByteView bytes={bytes} nodes={shown.nodes} chosen={chosen} onChoose={setChosen} />
            {shown.isPayloadWithheld && <p class="notice">{words('withheld')}</p>}
          </div>
        </div>
      )}
    </section>
  )
}

/** Seconds since 1970 with nine decimals as a time in UTC with as many. */
function isoText(epoch: string): string {
  const [seconds = '', decimals = ''] = epoch.split('.')
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ')}.${decimals} UTC`
}
