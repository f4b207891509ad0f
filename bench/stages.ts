import { openSync, readSync } from 'node:fs'
import { Analysis } from '../packages/engine/src/analyze.ts'
import { READ_PACKET } from '../packages/engine/src/capture/record-reader.ts'
import { CaptureInput } from '../packages/engine/src/capture/source.ts'
import { CaptureRun, DRAIN_ENDED } from '../packages/engine/src/capture-run.ts'
import { CaptureTotals } from '../packages/engine/src/capture-totals.ts'
import { Core } from '../packages/engine/src/core/core.ts'
import { FrameWalk, type WalkListener } from '../packages/engine/src/decode/walk.ts'
import { Facts } from '../packages/engine/src/facts/facts.ts'
import { withLimits } from '../packages/engine/src/limits.ts'
import { FileSpool } from '../packages/engine/src/node/file-spool.ts'
import { Packet } from '../packages/engine/src/packet.ts'

/**
 * One stage of the engine, and all stages before it, over a file: `stages.ts STAGE FILE [PASSES]`.
 * Prints the CPU ns per packet of each pass of this thread. The first pass warms up; a process runs one stage only, so that the
 * compiler sees one listener, as in the product.
 */
export const stages = ['read', 'decode', 'flow', 'tcp', 'protocols', 'analyzers', 'facts'] as const
export type Stage = (typeof stages)[number]

const CHUNK_BYTES = 1 << 18
const limits = withLimits()

/** Takes every packet of a file; the input is where bytes are put and `drain` what takes them. */
interface Pass {
  input(): CaptureInput
  drain(): boolean
  finish(): void
  packets(): number
}

const passes: Readonly<Record<Stage, () => Pass>> = {
  read: () => loop(() => {}),
  decode: () => {
    const walk = new FrameWalk(nothing, limits)
    return loop((packet) => walk.walk(packet))
  },
  flow: () => {
    const walk = new FrameWalk(new FlowsOnly(), limits)
    return loop((packet) => walk.walk(packet))
  },
  tcp: () => whole(new CaptureRun(limits, [], { quiet: true })),
  protocols: () => whole(new CaptureRun(limits, [], { protocols: true, quiet: true })),
  analyzers: () => {
    const analysis = new Analysis()
    return {
      ...whole(analysis.run),
      finish: () => {
        analysis.run.endFile()
        JSON.stringify(analysis.report())
      },
    }
  },
  facts: () => {
    const spool = new FileSpool()
    const facts = new Facts(spool, limits)
    const { run } = facts
    return {
      ...whole(run),
      finish: () => {
        run.endFile()
        run.finish()
        facts.print({ name: 'bench', size: 0 }, () => {})
        spool.close()
      },
    }
  },
}

const nothing: WalkListener = { tcp: () => {}, udp: () => {}, icmp: () => {}, arp: () => {} }

/** Finds the flow of each segment and datagram by its addresses and ports and counts the frame. */
class FlowsOnly implements WalkListener {
  private readonly core = new Core({
    maxUnackedSegments: 1,
    conversations: false,
    ownView: false,
    tells: 0,
    takeText: null,
  })

  tcp(packet: Packet): void {
    this.core.takeUdp(packet)
  }

  udp(packet: Packet): void {
    this.core.takeUdp(packet)
  }

  icmp(): void {}

  arp(): void {}
}

function loop(take: (packet: Packet) => void): Pass {
  const input = new CaptureInput(limits)
  const packet = new Packet()
  const totals = new CaptureTotals()
  return {
    input: () => input,
    drain: () => {
      while (input.next(packet) === READ_PACKET) {
        totals.count(packet)
        take(packet)
      }
      return true
    },
    finish: () => {},
    packets: () => totals.packets,
  }
}

function whole(run: CaptureRun): Pass {
  run.beginFile(null)
  return {
    input: () => run.input,
    drain: () => run.drain() !== DRAIN_ENDED,
    finish: () => run.finish(),
    packets: () => run.totals.packets,
  }
}

/** CPU ns of the process per packet, compiler and collector included. */
function pass(stage: Stage, file: string): number {
  const begun = process.cpuUsage()
  const { input, drain, finish, packets } = passes[stage]()
  const descriptor = openSync(file, 'r')
  for (;;) {
    const room = input().reserve(CHUNK_BYTES)
    const length = readSync(descriptor, room, 0, room.length, null)
    input().commit(length)
    if (length === 0) input().finish()
    if (!drain() || length === 0) break
  }
  finish()
  const { user, system } = process.cpuUsage(begun)
  return ((user + system) * 1000) / packets()
}

const [stage, file, count = '3'] = process.argv.slice(2)
const figures: number[] = []
for (let i = 0; i < Number(count); i++) figures.push(pass(stage as Stage, file))
process.stdout.write(`${JSON.stringify(figures)}\n`)
