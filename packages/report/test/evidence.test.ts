import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { analyzeFile } from '@pcap-analyzer/engine/node'
import { describe, expect, it } from 'vitest'
import { findFinding } from '../src/index.ts'
import { filterFrames, sha256OfFile, writeEvidence } from '../src/node/index.ts'
import { sample, samples, temporaryFolder } from './support/captures.ts'

const hasTshark = spawnSync('tshark', ['--version']).status === 0
if (!hasTshark) console.error('\n*** NO tshark: that it opens evidence files is NOT tested ***\n')

interface Frame {
  readonly number: number
  readonly time: string
  readonly bytes: string
}

async function framesOf(path: string): Promise<Frame[]> {
  const frames: Frame[] = []
  await filterFrames([path], 'frame', (_, packet) => {
    const bytes = Buffer.from(packet.bytes.subarray(packet.start, packet.end)).toString('hex')
    frames.push({ number: packet.number, time: `${packet.seconds}.${packet.nanoseconds}`, bytes })
  })
  return frames
}

describe('writeEvidence', () => {
  it.each(samples)('writes exactly the frames of each finding, as they were: %s', async (path) => {
    const folder = temporaryFolder()
    const original = new Map((await framesOf(path)).map((frame) => [frame.number, frame]))
    const { findings } = await analyzeFile(path)
    const wanted = findings.map((finding, i) => ({ finding, target: join(folder, `${i}.pcapng`) }))
    for (const { finding, target, frames } of await writeEvidence(wanted, [path])) {
      const written = await framesOf(target)
      expect(written).toHaveLength(frames)
      expect(frames).toBe(finding.evidence.total)
      const known = finding.evidence.frames.map((number) => original.get(number))
      for (const [i, frame] of written.entries()) {
        expect(known[i]?.time).toBe(frame.time)
        expect(known[i]?.bytes).toBe(frame.bytes)
      }
    }
  })

  it.skipIf(!hasTshark)('opens in tshark, with why, number and hash on each frame', async () => {
    const path = sample('slow-download')
    const report = await analyzeFile(path)
    const finding = findFinding(report, '1')
    const target = join(temporaryFolder(), 'e.pcapng')
    await writeEvidence([{ finding, target }], [path])
    const fields = ['-T', 'fields', '-e', 'frame.comment', '-E', 'separator=/t']
    const lines = execFileSync('tshark', ['-r', target, ...fields], { encoding: 'utf8', stdio: 'pipe' })
      .trim()
      .split('\n')
    expect(lines).toHaveLength(finding.evidence.total)
    for (const [i, line] of lines.entries()) {
      expect(line).toContain(`${finding.kind}: evidence ${i + 1} of ${finding.evidence.total}`)
      expect(line).toContain(
        `frame ${finding.evidence.frames[i]} of slow-download.pcap (SHA-256 ${sha256OfFile(path)})`,
      )
    }
  })

  it('numbers frames within their own file when there are several', async () => {
    const paths = [sample('slow-download'), sample('connect-trouble')]
    const { findings } = await analyzeFile(paths[1])
    const report = await (await import('@pcap-analyzer/engine/node')).analyzeFiles(paths)
    const target = join(temporaryFolder(), 'e.pcapng')
    const finding = report.findings.find(({ kind }) => kind === findings[0].kind)
    if (finding === undefined) throw new Error(`no ${findings[0].kind} in both together`)
    await writeEvidence([{ finding, target }], paths)
    const text = readFileSync(target).toString('latin1')
    expect(text).toContain(`frame ${findings[0].evidence.frames[0]} of connect-trouble.pcap`)
  })
})

describe('findFinding', () => {
  it('takes number, key and kind, and lists what there is for anything else', async () => {
    const report = await analyzeFile(sample('slow-download'))
    const [first] = report.findings
    expect(findFinding(report, '1')).toBe(first)
    expect(findFinding(report, first.key)).toBe(first)
    expect(findFinding(report, first.kind)).toBe(first)
    expect(() => findFinding(report, 'nonsense')).toThrow('there is no finding nonsense')
  })
})
