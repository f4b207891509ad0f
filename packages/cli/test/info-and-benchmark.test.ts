import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { consistencyScore } from '../src/benchmark/consistency.ts'
import { hostilePcapng, lossyPcap, writeCapture } from './support/captures.ts'
import { runCommand } from './support/run-command.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

describe('info', () => {
  test('tells what the file is', async () => {
    const bytes = lossyPcap()
    const file = writeCapture(temporaryFolder(), 'a.pcap', bytes)
    const { stdout, exitCode } = await runCommand(['info', '--hash', file])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^Encapsulation +ETHERNET \(1\)$/m)
    expect(stdout).toMatch(/^Packets +8$/m)
    expect(stdout).toMatch(/^Duration +380 ms$/m)
    expect(stdout).toMatch(/^Order of time +yes$/m)
    expect(stdout).toMatch(/^Readable +to its end$/m)
    expect(stdout).toContain(createHash('sha256').update(bytes).digest('hex'))
  })

  test('prints one object a file as JSON', async () => {
    const folder = temporaryFolder()
    const files = [writeCapture(folder, 'a.pcap', lossyPcap()), writeCapture(folder, 'b.pcapng', hostilePcapng())]
    const { stdout } = await runCommand(['info', '--json', ...files])
    const infos = JSON.parse(stdout) as { file: string; capture: { packets: number } }[]
    expect(infos.map(({ file, capture }) => [file, capture.packets])).toEqual([
      [files[0], 8],
      [files[1], 3],
    ])
  })
})

describe('facts', () => {
  test('prints the facts of standard input too', async () => {
    const { stdout, exitCode } = await runCommand(['facts', '-'], { input: lossyPcap() })
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ format: 'capture-golden/1', capture: { packets: 8 } })
  })
})

describe('benchmark', () => {
  test('times as many runs as asked for', async () => {
    const file = writeCapture(temporaryFolder(), 'a.pcap', lossyPcap())
    const { stdout, exitCode } = await runCommand(['benchmark', '--runs', '2', '--json', file])
    expect(exitCode).toBe(0)
    const result = JSON.parse(stdout)
    expect(result).toMatchObject({ packets: 8 })
    expect(result.runs).toHaveLength(2)
    expect(result.mean.nsPerPacket).toBeGreaterThan(0)
  })
})

describe('consistencyScore', () => {
  test('is 100 less the relative sample standard deviation in percent', () => {
    expect(consistencyScore([100, 100, 100])).toBe(100)
    expect(consistencyScore([90, 100, 110])).toBeCloseTo(90)
    expect(consistencyScore([1, 1000])).toBe(0)
  })
})
