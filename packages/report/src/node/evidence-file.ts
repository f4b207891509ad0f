import { basename } from 'node:path'
import type { Finding, Limits } from '@pcap-analyzer/engine'
import { orderByFirstPacket, readFile } from '@pcap-analyzer/engine/node'
import { type CaptureRun, compileFilter, describeFrame } from '@pcap-analyzer/engine/observe'
import { evidenceHead, frameComment, type SourceFile } from '../evidence/evidence-comment.ts'
import { PacketWriter } from '../evidence/packet-writer.ts'
import { FileSet } from './file-set.ts'
import { startRun } from './filter-frames.ts'
import { sha256OfFile } from './sha256-of-file.ts'

/** Frames that an evidence file holds at most. */
const MOST_FRAMES = 10_000

/**
 * Writes the frames that prove a finding as pcapng: those its evidence lists, or when there are more, those its filter selects. Each has
 * a comment that says why it is there and which frame of which file it was. Returns how many of how many were written.
 */
export async function writeEvidence(
  finding: Finding,
  paths: readonly string[],
  target: string,
  options: { limits?: Partial<Limits> } = {},
): Promise<{ frames: number; total: number }> {
  const ordered = orderByFirstPacket(paths)
  const hashes = ordered.map((path) => sha256OfFile(path))
  const listed = new Set(finding.evidence.frames)
  const isWhole = listed.size >= finding.evidence.total
  const filter = isWhole ? null : compileFilter(finding.displayFilter)
  const files = new FileSet()
  const known: SourceFile[] = []
  const append = (bytes: Uint8Array) => files.append(target, bytes)
  let frames = 0
  try {
    const head = ordered.map((path, i) => ({ name: basename(path), sha256: hashes[i], firstFrame: 1, lastFrame: 0 }))
    const writer = new PacketWriter(append, evidenceHead(finding, head))
    const run: CaptureRun = startRun(
      (facts) => ({
        frame: (packet) => {
          const belongs = filter === null ? listed.has(packet.number) : filter.matches(facts)
          if (!belongs || frames >= MOST_FRAMES) return
          frames++
          const place = { index: frames, total: finding.evidence.total, frame: packet.number }
          writer.add(packet, frameComment(finding, place, describeFrame(facts), sources(run, ordered, hashes, known)))
        },
      }),
      options.limits,
    )
    for (const path of ordered) await readFile(run, path)
    run.finish()
    files.publish()
  } finally {
    files.discard()
  }
  return { frames, total: finding.evidence.total }
}

/** The files read so far and the one under way, with the frames they have. */
function sources(
  run: CaptureRun,
  paths: readonly string[],
  hashes: readonly string[],
  known: SourceFile[],
): readonly SourceFile[] {
  const done = run.files.length
  known.length = Math.min(known.length, done)
  let first = known.reduce((sum, file) => sum + file.lastFrame - file.firstFrame + 1, 1)
  for (let i = known.length; i <= done && i < paths.length; i++) {
    const packets = run.files[i]?.packets ?? Number.POSITIVE_INFINITY
    known.push({ name: basename(paths[i]), sha256: hashes[i], firstFrame: first, lastFrame: first + packets - 1 })
    first += packets
  }
  return known
}
