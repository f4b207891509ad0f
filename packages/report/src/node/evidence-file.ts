import { basename } from 'node:path'
import type { Finding, Limits } from '@pcap-analyzer/engine'
import { orderByFirstPacket, readFile } from '@pcap-analyzer/engine/node'
import {
  type CaptureRun,
  compileFilter,
  type DisplayFilter,
  describeFrame,
  type FrameFacts,
  type Packet,
} from '@pcap-analyzer/engine/observe'
import { evidenceHead, frameComment, type SourceFile } from '../evidence/evidence-comment.ts'
import { PacketWriter } from '../evidence/packet-writer.ts'
import { FileSet } from './file-set.ts'
import { startRun } from './filter-frames.ts'
import { sha256OfFile } from './sha256-of-file.ts'

/** Frames that an evidence file holds at most. */
const MOST_FRAMES = 10_000

/** A finding and the file that its evidence goes to. */
export interface WantedEvidence {
  readonly finding: Finding
  readonly target: string
}

export interface EvidenceOptions {
  readonly limits?: Partial<Limits>
  /** What people call the captures; without, the last parts of their paths. */
  readonly names?: readonly string[]
  /** Flush the files to the disk; true. */
  readonly isFlushed?: boolean
}

/** What was written of a finding's evidence. */
export interface WrittenEvidence extends WantedEvidence {
  readonly frames: number
}

/**
 * Writes the frames that prove findings, a pcapng for each, in one pass: those that the evidence lists, or when there are more, those
 * that its filter selects. Each frame has a comment that says why it is there and which frame of which file it was.
 * @throws {EngineError} as analyzeFiles; errors of the operating system. Then no file is written.
 */
export async function writeEvidence(
  wanted: readonly WantedEvidence[],
  paths: readonly string[],
  options: EvidenceOptions = {},
): Promise<WrittenEvidence[]> {
  const ordered = orderByFirstPacket(paths)
  const { names } = options
  const origin = new Origin(ordered, names && ordered.map((path) => names[paths.indexOf(path)]))
  const files = new FileSet(options)
  try {
    const collections = wanted.map(({ finding, target }) => new Collection(finding, target, files, origin))
    const run: CaptureRun = startRun(
      (facts) => ({ frame: (packet) => takeFrame(collections, facts, packet, origin.files(run)) }),
      options.limits,
    )
    for (const path of ordered) await readFile(run, path)
    run.finish()
    files.publish()
    return collections.map(({ finding, target, frames }) => ({ finding, target, frames }))
  } finally {
    files.discard()
  }
}

function takeFrame(
  collections: readonly Collection[],
  facts: FrameFacts,
  packet: Packet,
  files: readonly SourceFile[],
): void {
  for (const collection of collections) if (collection.wants(facts, packet)) collection.add(facts, packet, files)
}

/** The evidence of one finding on its way into a file. */
class Collection {
  readonly finding: Finding
  readonly target: string
  frames = 0
  private readonly listed: ReadonlySet<number>
  /** Null when the list is whole. */
  private readonly filter: DisplayFilter | null
  private readonly writer: PacketWriter

  constructor(finding: Finding, target: string, files: FileSet, origin: Origin) {
    const { evidence, displayFilter } = finding
    this.finding = finding
    this.target = target
    this.listed = new Set(evidence.frames)
    this.filter = evidence.frames.length >= evidence.total ? null : compileFilter(displayFilter)
    this.writer = new PacketWriter((bytes) => files.append(target, bytes), evidenceHead(finding, origin.named()))
  }

  wants(facts: FrameFacts, packet: Packet): boolean {
    if (this.frames >= MOST_FRAMES) return false
    return this.filter === null ? this.listed.has(packet.number) : this.filter.matches(facts)
  }

  add(facts: FrameFacts, packet: Packet, files: readonly SourceFile[]): void {
    this.frames++
    const place = { index: this.frames, total: this.finding.evidence.total, frame: packet.number }
    this.writer.add(packet, frameComment(this.finding, place, describeFrame(facts), files))
  }
}

/** The files that frames come from, with their hashes, as far as they are read. */
class Origin {
  private readonly names: readonly string[]
  private readonly hashes: readonly string[]
  private known: SourceFile[] = []
  private knownDone = -1

  constructor(paths: readonly string[], names: readonly string[] = paths.map((path) => basename(path))) {
    this.names = names
    this.hashes = paths.map(sha256OfFile)
  }

  /** All of them, before their frames are known. */
  named(): SourceFile[] {
    return this.names.map((_, i) => this.at(i, 1, 0))
  }

  /** Those that the run has read or is reading, with the frames they have. */
  files(run: CaptureRun): readonly SourceFile[] {
    if (run.files.length === this.knownDone) return this.known
    this.knownDone = run.files.length
    let first = 1
    this.known = this.names.slice(0, run.files.length + 1).map((_, i) => {
      const packets = run.files[i]?.packets ?? Number.POSITIVE_INFINITY
      const file = this.at(i, first, first + packets - 1)
      first += packets
      return file
    })
    return this.known
  }

  private at(i: number, firstFrame: number, lastFrame: number): SourceFile {
    return { name: this.names[i], sha256: this.hashes[i], firstFrame, lastFrame }
  }
}
