import { escapeUnseen } from '@pcap-analyzer/viewer'
import { useEffect, useState } from 'preact/hooks'
import { call } from '../api.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Skeleton } from '../parts/page.tsx'
import { Problem } from '../parts/problem.tsx'
import { useAction } from '../parts/use-action.ts'
import { useShowing } from '../session/showing.tsx'
import { packetWords } from '../words/packets.ts'
import { bytesOf, type Stream, type StreamTurn, type Transport } from './answers.ts'

const A_LINE = 16
type Form = 'text' | 'hex'
type Sides = 'both' | '0' | '1'

interface FollowStreamProps {
  readonly taskId: string
  readonly stream: readonly [Transport, number]
  readonly onGo: (stream: readonly [Transport, number]) => void
  readonly onFrame: (frame: number) => void
  readonly onClose: () => void
}

/** What both sides of a stream said to each other: the initiator red, the responder blue, as hands expect. */
export function FollowStream({ taskId, stream: [transport, number], onGo, onFrame, onClose }: FollowStreamProps) {
  const { words: general, language } = useShowing()
  const words = packetWords[language]
  const { problem, ask } = useAction()
  const [stream, setStream] = useState<Stream | null>(null)
  const [form, setForm] = useState<Form>('text')
  const [sides, setSides] = useState<Sides>('both')
  useEffect(() => {
    setStream(null)
    void ask(() => call<Stream>('GET', `/api/tasks/${taskId}/streams/${transport}/${number}`), setStream)
  }, [taskId, transport, number])
  const title = words('stream', { transport: transport.toUpperCase(), number })
  const turns = stream?.turns.filter(({ direction }) => sides === 'both' || String(direction) === sides) ?? []
  return (
    <Dialog title={title} class="follow" onClose={onClose}>
      <div class="filters">
        <label>
          {words('shownAs')}
          <select value={form} onChange={({ currentTarget }) => setForm(currentTarget.value as Form)}>
            <option value="text">{words('asText')}</option>
            <option value="hex">{words('asHex')}</option>
          </select>
        </label>
        <label>
          {words('sides')}
          <select value={sides} onChange={({ currentTarget }) => setSides(currentTarget.value as Sides)}>
            <option value="both">{words('both')}</option>
            <option value="0">{`${words('initiator')}: ${stream?.initiator ?? ''}`}</option>
            <option value="1">{`${words('responder')}: ${stream?.responder ?? ''}`}</option>
          </select>
        </label>
        <button type="button" disabled={number === 0} onClick={() => onGo([transport, number - 1])}>
          {words('previousStream')}
        </button>
        <button type="button" onClick={() => onGo([transport, number + 1])}>
          {words('nextStream')}
        </button>
        <button type="button" onClick={onClose}>
          {general('close')}
        </button>
      </div>
      <Problem text={problem} />
      {stream === null && problem === null && <Skeleton lines={8} />}
      {stream !== null && (
        <section class="turns" tabIndex={0} aria-label={title}>
          {turns.length === 0 && <p class="quiet">{words('emptyStream')}</p>}
          {turns.map((turn, i) => (
            <Turn key={i} turn={turn} form={form} onFrame={onFrame} />
          ))}
          {stream.isCut && <p class="notice">{words('streamCut')}</p>}
        </section>
      )}
    </Dialog>
  )
}

function Turn({ turn, form, onFrame }: { turn: StreamTurn; form: Form; onFrame: (frame: number) => void }) {
  const { language } = useShowing()
  const words = packetWords[language]
  const { direction, frame, missingBytes, base64 } = turn
  const bytes = bytesOf(base64)
  return (
    <div class={`turn turn-${direction}`}>
      <p class="turn-head">
        {direction === 0 ? words('initiator') : words('responder')}{' '}
        <button type="button" onClick={() => onFrame(frame)}>
          {words('detail', { number: frame })}
        </button>
        {missingBytes > 0 && <span class="problem">{words('missing', { bytes: missingBytes })}</span>}
      </p>
      <pre>{form === 'text' ? textOf(bytes) : hexOf(bytes)}</pre>
    </div>
  )
}

function textOf(bytes: Uint8Array): string {
  return escapeUnseen(new TextDecoder().decode(bytes).replaceAll('\r\n', '\n').replaceAll('\ufffd', '·'), '\n\t')
}

function hexOf(bytes: Uint8Array): string {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += A_LINE) {
    const part = [...bytes.subarray(at, at + A_LINE)]
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('')
    lines.push(`${at.toString(16).padStart(6, '0')}  ${hex.padEnd(3 * A_LINE)} ${text}`)
  }
  return lines.join('\n')
}
