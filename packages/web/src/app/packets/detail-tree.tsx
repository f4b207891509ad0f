import { escapeUnseen } from '@pcap-analyzer/viewer'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useShowing } from '../session/showing.tsx'
import { packetWords } from '../words/packets.ts'
import type { DetailNode } from './answers.ts'

/** A stretch of bytes of a frame. */
export interface Span {
  readonly start: number
  readonly length: number
}

interface Line {
  readonly path: string
  readonly depth: number
  readonly node: DetailNode
}

interface DetailTreeProps {
  readonly nodes: readonly DetailNode[]
  readonly chosen: Span | null
  readonly onChoose: (span: Span) => void
  readonly onFilter: (filter: string) => void
}

/** What a frame is made of, as a tree that is walked with the arrows; the bytes of the chosen line are shown beside it. */
export function DetailTree({ nodes, chosen, onChoose, onFilter }: DetailTreeProps) {
  const { language } = useShowing()
  const words = packetWords[language]
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const [focus, setFocus] = useState('0')
  const root = useRef<HTMLDivElement>(null)
  const lines = linesOf(nodes, open)
  useEffect(() => {
    // the last header is what one came for
    setOpen((before) => (before.size > 0 ? before : new Set([String(nodes.length - 1)])))
  }, [nodes])
  useEffect(() => {
    // what was found by its bytes may stand in a branch that is folded
    const path = chosen === null ? null : pathOf(nodes, chosen)
    if (path === null) return
    const above = path.split('.').map((_, i, parts) => parts.slice(0, i).join('.'))
    setOpen((before) => new Set([...before, ...above.filter((one) => one !== '')]))
  }, [chosen])
  const toggle = (path: string, isOpen: boolean) => {
    const next = new Set(open)
    if (isOpen) next.add(path)
    else next.delete(path)
    setOpen(next)
  }
  const go = (line: Line | undefined) => {
    if (line === undefined) return
    setFocus(line.path)
    onChoose(line.node)
    requestAnimationFrame(() => root.current?.querySelector<HTMLElement>(`[data-path="${line.path}"]`)?.focus())
  }
  const onKey = (event: KeyboardEvent) => {
    const at = lines.findIndex(({ path }) => path === focus)
    const line = lines[at]
    if (line === undefined) return
    const isOpen = open.has(line.path)
    const { length } = line.node.children
    const acts: Readonly<Record<string, () => void>> = {
      ArrowDown: () => go(lines[at + 1]),
      ArrowUp: () => go(lines[at - 1]),
      Home: () => go(lines[0]),
      End: () => go(lines.at(-1)),
      ArrowRight: () => (isOpen ? go(lines[at + 1]) : length > 0 && toggle(line.path, true)),
      ArrowLeft: () =>
        isOpen && length > 0
          ? toggle(line.path, false)
          : go(lines.find(({ path }) => path === line.path.split('.').slice(0, -1).join('.'))),
      Enter: () => line.node.filter !== null && onFilter(line.node.filter),
    }
    const act = acts[event.key]
    if (act === undefined) return
    event.preventDefault()
    act()
  }
  const focused = lines.some(({ path }) => path === focus) ? focus : '0'
  return (
    <div ref={root} class="detail-tree" role="tree" aria-label={words('tree')} onKeyDown={onKey}>
      {lines.map(({ path, depth, node }) => (
        <div
          key={path}
          data-path={path}
          role="treeitem"
          aria-level={depth + 1}
          aria-selected={chosen !== null && chosen.start === node.start && chosen.length === node.length}
          {...(node.children.length > 0 ? { 'aria-expanded': open.has(path) } : {})}
          tabIndex={path === focused ? 0 : -1}
          class={`tree-line tree-depth-${Math.min(depth, 5)}`}
          onClick={() => {
            setFocus(path)
            onChoose(node)
            if (node.children.length > 0) toggle(path, !open.has(path))
          }}
        >
          <span class="twist" aria-hidden="true">
            {node.children.length === 0 ? '' : open.has(path) ? '▾' : '▸'}
          </span>
          <span>
            {escapeUnseen(node.label)}
            {node.value !== null && (
              <>
                : <span class="tree-value">{escapeUnseen(node.value)}</span>
              </>
            )}
          </span>
          {node.filter !== null && (
            <button
              type="button"
              class="tree-filter"
              tabIndex={-1}
              aria-label={words('filterBy', { label: node.filter })}
              onClick={(event) => {
                event.stopPropagation()
                onFilter(node.filter ?? '')
              }}
            >
              {words('filterIt')}
            </button>
          )}
        </div>
      ))}
    </div>
  )
}

/** The way to a node, by its bytes. */
function pathOf(nodes: readonly DetailNode[], span: Span, above = ''): string | null {
  for (const [i, node] of nodes.entries()) {
    const path = above === '' ? String(i) : `${above}.${i}`
    if (node === span) return path
    const below = pathOf(node.children, span, path)
    if (below !== null) return below
  }
  return null
}

function linesOf(nodes: readonly DetailNode[], open: ReadonlySet<string>, above = '', depth = 0): Line[] {
  return nodes.flatMap((node, i) => {
    const path = above === '' ? String(i) : `${above}.${i}`
    return [{ path, depth, node }, ...(open.has(path) ? linesOf(node.children, open, path, depth + 1) : [])]
  })
}
