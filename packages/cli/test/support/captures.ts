import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  buildPcap,
  buildPcapng,
  dnsMessage,
  TcpConversation,
  type TestFrame,
  udpFrame,
} from '@pcap-analyzer/engine/testing'

const client = { address: '10.0.0.1', port: 40_000 }
const server = { address: '10.0.0.2', port: 80 }
const millisecond = 1_000_000

/** A connection whose third data segment was lost and sent again after 300 ms, and one DNS exchange. */
export function lossyFrames(): TestFrame[] {
  const frames: TestFrame[] = []
  const payload = new Uint8Array(1000)
  new TcpConversation(client, server, frames)
    .open(0, 20 * millisecond)
    .send('client', 30 * millisecond, { payload })
    .send('server', 50 * millisecond)
    .send('client', 60 * millisecond, { payload })
    .send('client', 360 * millisecond, { payload, at: 1001 })
    .send('server', 380 * millisecond)
  return frames
}

/** A capture that has a finding. */
export function lossyPcap(): Uint8Array {
  return buildPcap(lossyFrames())
}

/** The same with a snap length that cut its data. */
export function cutPcap(): Uint8Array {
  const frames = lossyFrames().map((frame) => {
    const { bytes, ...record } = frame as { bytes: Uint8Array }
    return { ...record, bytes: bytes.subarray(0, 96), wireLength: bytes.length }
  })
  return buildPcap(frames, { snapLength: 96 })
}

/** A capture that has none: one answered DNS query. */
export function quietPcap(): Uint8Array {
  const resolver = { address: '10.0.0.53', port: 53 }
  const host = { address: '10.0.0.1', port: 53_000 }
  return buildPcap([
    udpFrame(host, resolver, dnsMessage(7, 'example.org')),
    udpFrame(resolver, host, dnsMessage(7, 'example.org', { addresses: ['192.0.2.1'] })),
  ])
}

/** A capture whose texts try to command the terminal: colour, clear screen, C1, reversed writing. */
export function hostilePcapng(): Uint8Array {
  const evil = '\u001b[31mred\u001b[2J\u009b5m\u202Etxt.exe'
  const resolver = { address: '10.0.0.53', port: 53 }
  const host = { address: '10.0.0.1', port: 53_000 }
  return buildPcapng(
    [1, 2, 3].map((id) => udpFrame(host, resolver, dnsMessage(id, '\u001b[31mevil.example'))),
    { comment: evil, application: evil, interfaces: [{ name: evil, description: evil, filter: evil }] },
  )
}

/** Writes a capture into a folder. */
export function writeCapture(folder: string, name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}
