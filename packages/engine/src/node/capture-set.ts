import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { READ_MORE, READ_PACKET } from '../capture/record-reader.ts'
import { CaptureInput } from '../capture/source.ts'
import { Packet } from '../packet.ts'

const CHUNK_BYTES = 1 << 16
const MOST_BYTES = 1 << 24

/** Files in the order of their first packets, those whose first packet cannot be read last and in the order given. */
export function orderByFirstPacket(paths: readonly string[]): string[] {
  if (paths.length < 2) return [...paths]
  const timed = paths.map((path, index) => ({ path, index, time: firstPacketTime(path) }))
  timed.sort((a, b) => {
    if (a.time === null || b.time === null)
      return Number(a.time === null) - Number(b.time === null) || a.index - b.index
    return a.time.seconds - b.time.seconds || a.time.nanoseconds - b.time.nanoseconds || a.index - b.index
  })
  return timed.map(({ path }) => path)
}

/** Null when the file cannot be read or is no capture: the analysis says why when it comes to it. */
function firstPacketTime(path: string): { seconds: number; nanoseconds: number } | null {
  if (path === '-' || !isRegularFile(path)) return null
  let descriptor: number | null = null
  try {
    descriptor = openSync(path, 'r')
    const input = new CaptureInput()
    const packet = new Packet()
    for (let read = 0; read < MOST_BYTES; ) {
      const length = readSync(descriptor, input.reserve(CHUNK_BYTES))
      input.commit(length)
      if (length === 0) input.finish()
      read += length
      const result = input.next(packet)
      if (result === READ_PACKET) return { seconds: packet.seconds, nanoseconds: packet.nanoseconds }
      if (result !== READ_MORE || length === 0) return null
    }
    return null
  } catch {
    return null
  } finally {
    if (descriptor !== null) closeSync(descriptor)
  }
}

/** Only what can be read twice may be looked at beforehand. */
function isRegularFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}
