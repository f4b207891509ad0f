import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { buildPcap, buildPcapng } from '../../packages/engine/src/testing/captures.ts'
import { captureFiles } from '../capture-files.ts'
import { type CaptureLayout, layoutOf } from './capture-layout.ts'

/** A sound capture that mutants are made of. */
export interface Seed {
  readonly name: string
  readonly bytes: Uint8Array
  readonly layout: CaptureLayout
}

const MOST_BYTES = 64 << 10

/** Every small capture below the folders, in the order of their names. */
export function seedsIn(folders: readonly string[]): Seed[] {
  return captureFiles(folders, MOST_BYTES).map((path) => seedOf(basename(path), readFileSync(path)))
}

/** The seeds that mutants are made of; the built ones where there is no folder. */
export function seedsOf(folders: readonly string[]): Seed[] {
  return folders.length === 0 ? builtSeeds() : seedsIn(folders)
}

/** Seeds that need no file: a few frames of TCP and of DNS, as pcap and as pcapng. */
export function builtSeeds(): Seed[] {
  const frames = [
    tcpFrame(0x02, 0),
    tcpFrame(0x12, 0),
    tcpFrame(0x10, 0),
    tcpFrame(0x18, 40),
    tcpFrame(0x11, 0),
    dnsFrame(),
  ]
  return [seedOf('built.pcap', buildPcap(frames)), seedOf('built.pcapng', buildPcapng(frames))]
}

function seedOf(name: string, bytes: Uint8Array): Seed {
  return { name, bytes, layout: layoutOf(bytes) }
}

function tcpFrame(flags: number, payload: number): Uint8Array {
  const header = [0xc0, 0x01, 0x00, 0x50, 0, 0, 0, 1, 0, 0, 0, 1, 0x80, flags, 0x20, 0, 0, 0, 0, 0]
  const options = [2, 4, 5, 0xb4, 1, 3, 3, 7, 4, 2, 1, 0]
  const text = new TextEncoder().encode('GET / HTTP/1.1\r\nHost: example.com\r\n\r\n'.padEnd(payload, ' '))
  return ipv4Frame(6, [...header, ...options, ...text.subarray(0, payload)])
}

function dnsFrame(): Uint8Array {
  const query = [
    0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7, 101, 120, 97, 109, 112, 108, 101, 3, 99, 111, 109, 0, 0, 1, 0, 1,
  ]
  return ipv4Frame(17, [0xc0, 0x02, 0, 53, 0, query.length + 8, 0, 0, ...query])
}

function ipv4Frame(protocol: number, payload: readonly number[]): Uint8Array {
  const length = 20 + payload.length
  const ip = [0x45, 0, length >> 8, length & 0xff, 0, 1, 0x40, 0, 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]
  return Uint8Array.of(2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, ...ip, ...payload)
}
