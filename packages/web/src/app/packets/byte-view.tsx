import { useShowing } from '../session/showing.tsx'
import { packetWords } from '../words/packets.ts'
import type { DetailNode } from './answers.ts'
import type { Span } from './detail-tree.tsx'

const A_LINE = 16
const MOST_LINES = 512

interface ByteViewProps {
  readonly bytes: Uint8Array
  readonly nodes: readonly DetailNode[]
  readonly chosen: Span | null
  readonly onChoose: (span: Span) => void
}

/** Bytes as hexadecimal and as text; those of the chosen line of the tree are marked, and a click on a byte finds its line. */
export function ByteView({ bytes, nodes, chosen, onChoose }: ByteViewProps) {
  const { language } = useShowing()
  const words = packetWords[language]
  const count = Math.min(MOST_LINES, Math.ceil(bytes.length / A_LINE))
  const isIn = (at: number) => chosen !== null && at >= chosen.start && at < chosen.start + chosen.length
  return (
    <section class="byte-view" tabIndex={0} aria-label={words('bytes')}>
      {Array.from({ length: count }, (_, line) => {
        const start = line * A_LINE
        const part = [...bytes.subarray(start, start + A_LINE)]
        return (
          <div class="byte-line" key={line}>
            <span class="quiet">{start.toString(16).padStart(4, '0')}</span>
            <span class="byte-hex">
              {part.map((byte, i) => (
                <span
                  key={start + i}
                  class={isIn(start + i) ? 'byte byte-in' : 'byte'}
                  onClick={() => onChoose(deepest(nodes, start + i) ?? { start: start + i, length: 1 })}
                >
                  {byte.toString(16).padStart(2, '0')}
                </span>
              ))}
            </span>
            <span class="byte-text" aria-hidden="true">
              {part.map((byte, i) => (
                <span key={start + i} class={isIn(start + i) ? 'byte-in' : ''}>
                  {byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'}
                </span>
              ))}
            </span>
          </div>
        )
      })}
      {count * A_LINE < bytes.length && <p class="quiet">…</p>}
    </section>
  )
}

/** The innermost line that covers a byte. */
function deepest(nodes: readonly DetailNode[], at: number): DetailNode | null {
  const found = nodes.find(({ start, length }) => at >= start && at < start + length)
  return found === undefined ? null : (deepest(found.children, at) ?? found)
}
