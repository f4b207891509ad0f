import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  describeFrame,
  dissect,
  epochText,
  expertLevelOf,
  type FrameFacts,
  type Packet,
  StreamFollower,
} from '@pcap-analyzer/engine/observe'
import { filterFrames } from '@pcap-analyzer/report/node'
import { ANSWER_FILE, ROWS_FILE, ROWS_PER_START } from './files.ts'
import {
  type Frame,
  type PacketMessage,
  type PacketOrder,
  type PacketRow,
  packetColumns,
  type Stream,
} from './messages.ts'

// Runs as a process of its own: captures may be large, and hostile.

type Order<Kind extends PacketOrder['kind']> = PacketOrder & { kind: Kind }

function tell(message: PacketMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve()
    else process.send(message, () => resolve())
  })
}

const makers: { readonly [Kind in PacketOrder['kind']]: (order: Order<Kind>) => Promise<PacketMessage> } = {
  list,
  frame,
  stream,
}

async function list(order: Order<'list'>): Promise<PacketMessage> {
  const { filter, sort, isDescending, mostRows, folder } = order
  const rows: PacketRow[] = []
  const { passed, packets } = await filterFrames(
    [order.capture],
    filter,
    (facts) => {
      if (rows.length < mostRows) rows.push(rowOf(facts))
    },
    readingOf(order),
  )
  if (sort !== 'number' || isDescending) {
    const column = packetColumns.indexOf(sort)
    const sign = isDescending ? -1 : 1
    rows.sort((a, b) => sign * compare(a[column], b[column]) || a[0] - b[0])
  }
  const starts: number[] = []
  let at = 0
  const lines = rows.map((row, i) => {
    if (i % ROWS_PER_START === 0) starts.push(at)
    const line = Buffer.from(`${JSON.stringify(row)}\n`)
    at += line.length
    return line
  })
  writeFileSync(join(folder, ROWS_FILE), Buffer.concat(lines))
  return { kind: 'list', passed, packets, listed: rows.length, starts }
}

async function frame(order: Order<'frame'>): Promise<PacketMessage> {
  const { number, withPayload, folder } = order
  let made: Frame | null = null
  await filterFrames(
    [order.capture],
    `frame.number == ${number}`,
    (facts, packet) => {
      made = frameOf(facts, packet, withPayload)
    },
    readingOf(order),
  )
  if (made === null) return { kind: 'missing' }
  writeFileSync(join(folder, ANSWER_FILE), JSON.stringify(made))
  return { kind: 'answer' }
}

async function stream(order: Order<'stream'>): Promise<PacketMessage> {
  const { transport, stream: number, mostBytes, folder } = order
  const follower = new StreamFollower(mostBytes)
  let ends: readonly [string, string] | null = null
  await filterFrames(
    [order.capture],
    `${transport}.stream == ${number}`,
    (facts) => {
      ends ??= endsOf(facts)
      follower.add(facts)
    },
    readingOf(order),
  )
  if (ends === null) return { kind: 'missing' }
  follower.end()
  const [initiator, responder] = ends as readonly [string, string]
  const turns = follower.turns.map(({ bytes, ...turn }) => ({ ...turn, base64: Buffer.from(bytes).toString('base64') }))
  const made: Stream = { initiator, responder, turns, isCut: follower.isCut }
  writeFileSync(join(folder, ANSWER_FILE), JSON.stringify(made))
  return { kind: 'answer' }
}

function rowOf(facts: FrameFacts): PacketRow {
  const { packet, innermost } = facts
  const { source, destination, protocol, info } = describeFrame(facts)
  return [
    packet?.number ?? 0,
    packet?.timeNs ?? 0,
    source,
    destination,
    protocol,
    packet?.wireLength ?? 0,
    info,
    expertLevelOf(facts),
    innermost?.transport ?? null,
    innermost?.stream ?? -1,
  ]
}

function frameOf(facts: FrameFacts, packet: Packet, withPayload: boolean): Frame {
  const bytes = packet.bytes.slice(packet.start, packet.end)
  const { nodes, payloadStart } = dissect(bytes, packet.linkType)
  const shown = withPayload ? bytes : bytes.subarray(0, payloadStart)
  return {
    row: rowOf(facts),
    epoch: epochText(packet.seconds, packet.nanoseconds) ?? '',
    capturedBytes: bytes.length,
    nodes: withPayload ? nodes : nodes.filter(({ start }) => start < payloadStart),
    base64: Buffer.from(shown).toString('base64'),
    isPayloadWithheld: shown.length < bytes.length,
  }
}

/** Initiator and responder, with their ports: of TCP as the segment knows it, else whoever is seen first. */
function endsOf(facts: FrameFacts): readonly [string, string] {
  const { source, destination } = describeFrame(facts)
  const from = `${source} port ${facts.innermost?.sourcePort ?? 0}`
  const to = `${destination} port ${facts.innermost?.destinationPort ?? 0}`
  return facts.segment !== null && facts.segment.direction !== 0 ? [to, from] : [from, to]
}

function readingOf({ mostExpansionRatio }: PacketOrder) {
  return { limits: { maxDecompressionRatio: mostExpansionRatio } }
}

function compare(a: PacketRow[number], b: PacketRow[number]): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0
}

try {
  const order = JSON.parse(process.argv[2]) as PacketOrder
  await tell(await makers[order.kind](order as never))
} catch (error) {
  const { code, message, hint } = error as { code?: string; message?: string; hint?: string }
  if (code === 'INVALID_FILTER') await tell({ kind: 'bad-filter', message: message ?? '', hint: hint ?? null })
  else await tell({ kind: 'failed', code: code ?? 'UNEXPECTED', message: message ?? String(error) })
}
process.disconnect?.()
