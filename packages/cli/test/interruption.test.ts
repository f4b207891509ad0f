import { appendFileSync, existsSync, linkSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { buildPcap } from '@pcap-analyzer/engine/testing'
import { describe, expect, test } from 'vitest'
import { lossyFrames, lossyPcap, writeCapture } from './support/captures.ts'
import { spawnCommand } from './support/run-command.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

const MANY = 40

describe('an interruption', () => {
  test.skipIf(!existsSync('/proc/self/fd'))('ends with 130 and leaves no file', async () => {
    const folder = temporaryFolder()
    const file = writeCapture(folder, 'big.pcap', lossyPcap())
    const records = buildPcap(Array.from({ length: 1000 }, lossyFrames).flat()).subarray(24)
    for (let written = 0; written < 100e6; written += records.length) appendFileSync(file, records)
    // so many that it is never done before it is interrupted, however late that is noticed
    const files = Array.from({ length: MANY }, (_, at) => join(folder, `big-${at}.pcap`))
    for (const one of files) linkSync(file, one)
    const child = spawnCommand(['analyze', '-o', join(folder, 'report'), file, ...files])
    while (!isOpenIn(child.pid ?? 0, file)) await wait(1)
    child.kill('SIGINT')
    const [exitCode, signal] = await new Promise<[number | null, string | null]>((resolve) => {
      child.on('close', (code, name) => resolve([code, name]))
    })
    expect([exitCode, signal]).toEqual([130, null])
    expect(readdirSync(folder).toSorted()).toEqual([file, ...files].map((path) => basename(path)).toSorted())
  })

  test.skipIf(!existsSync('/proc/self/syscall') || process.arch !== 'x64')(
    'ends a command at once that waits for standard input',
    async () => {
      const folder = temporaryFolder()
      const child = spawnCommand(['analyze', '-o', join(folder, 'report'), '-'])
      child.stdin.write(lossyPcap())
      while (!isReadingStandardInput(child.pid ?? 0)) await wait(1)
      child.kill('SIGINT')
      const signal = await new Promise((resolve) => child.on('close', (_, name) => resolve(name)))
      expect(signal).toBe('SIGINT') // the shell says 130
      expect(readdirSync(folder)).toEqual([])
    },
  )

  test('is no error when the reader of the output has gone', async () => {
    const folder = temporaryFolder()
    const file = writeCapture(folder, 'a.pcap', lossyPcap())
    const child = spawnCommand(['facts', file])
    child.stdout.destroy()
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    const exitCode = await new Promise((resolve) => child.on('close', resolve))
    expect(stderr).toBe('')
    expect(exitCode).toBe(0)
  })
})

function isOpenIn(pid: number, file: string): boolean {
  try {
    const folder = `/proc/${pid}/fd`
    return readdirSync(folder).some((descriptor) => readlinkSync(join(folder, descriptor)) === file)
  } catch {
    return false // a descriptor was closed between the two calls
  }
}

/** Whether the process is in the system call read(0, …) of x86-64. */
function isReadingStandardInput(pid: number): boolean {
  return readFileSync(`/proc/${pid}/syscall`, 'utf8').startsWith('0 0x0 ')
}
