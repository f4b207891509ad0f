import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { analyze } from '../../src/analyze.ts'
import { buildPcap, TcpConversation, type TestFrame, tcpFrame } from '../../src/testing/index.ts'
import { labCaptures } from '../corpus.ts'
import { checkOf, qualityOf } from './quality-of.ts'

const MS = 1e6
const client = { address: '192.0.2.1', port: 40_000 }
const server = { address: '198.51.100.2', port: 443 }

/** Handshakes with so much of the round trip on either side of the capture point. */
function handshakes(serverPartNs: number, clientPartNs: number, count = 3): TestFrame[] {
  const frames: TestFrame[] = []
  for (let i = 0; i < count; i++) {
    const tcp = new TcpConversation({ ...client, port: 40_000 + i }, server, frames, i * 1000 * MS)
    tcp.send('client', 0, { flags: 'S' })
    tcp.send('server', serverPartNs, { flags: 'SA' })
    tcp.send('client', serverPartNs + clientPartNs)
  }
  return frames
}

/** The frame with the TTL of its IPv4 header replaced, header checksum left alone. */
function withTtl(frame: Uint8Array, ttl: number): Uint8Array {
  const copy = frame.slice()
  copy[14 + 8] = ttl
  return copy
}

describe('the vantage point', () => {
  it.each([
    ['client', 30 * MS, 0.1 * MS],
    ['server', 0.1 * MS, 30 * MS],
    ['middle', 10 * MS, 20 * MS],
  ])('is %s when %d ns pass towards the server and %d ns towards the client', async (place, serverPart, clientPart) => {
    const quality = await qualityOf(handshakes(serverPart, clientPart))
    expect(quality.vantagePoint).toBe(place)
    expect(checkOf(quality, 'vantage-point').numbers).toMatchObject({
      handshakes: 3,
      clientPartNs: 3 * clientPart,
      serverPartNs: 3 * serverPart,
    })
  })

  it('is not told by handshakes that are too short, nor by those with anything sent twice', async () => {
    expect((await qualityOf(handshakes(0.2 * MS, 0.1 * MS))).vantagePoint).toBe('unknown')
    const repeated = new TcpConversation(client, server)
    repeated.send('client', 0, { flags: 'S' }).send('client', 1000 * MS, { flags: 'S', at: 0 })
    repeated.send('server', 1030 * MS, { flags: 'SA' }).send('client', 1031 * MS)
    expect((await qualityOf(repeated.frames)).vantagePoint).toBe('unknown')
  })

  it.each([
    ['client', 64, 57],
    ['server', 50, 128],
    ['middle', 60, 250],
    ['unknown', 64, 64],
  ])('is %s when the client sends with TTL %d and the server with %d', async (place, clientTtl, serverTtl) => {
    const syn = withTtl(tcpFrame(client, server, { sequence: 1, flags: 'S' }), clientTtl)
    const synAck = withTtl(tcpFrame(server, client, { sequence: 9, acknowledgment: 2, flags: 'SA' }), serverTtl)
    expect((await qualityOf([syn, synAck])).vantagePoint).toBe(place)
  })

  it('is the side whose checksums are left to the network card', async () => {
    const { frames } = new TcpConversation(client, server).open(0, 10 * MS)
    const tcp = new TcpConversation(client, server, frames, 100 * MS)
    for (let i = 0; i < 4; i++) {
      tcp
        .send('client', i * MS, { payload: new Uint8Array(10) })
        .send('server', i * MS + 1, { payload: new Uint8Array(9) })
    }
    const withoutServers = frames.map((frame) => {
      const record = frame as { bytes: Uint8Array }
      const isFromServer = record.bytes[26] === 198
      if (isFromServer) record.bytes.fill(0, 14 + 20 + 16, 14 + 20 + 18)
      return record
    })
    const quality = await qualityOf(withoutServers)
    expect(quality.vantagePoint).toBe('server')
    expect(checkOf(quality, 'no-offload').numbers).toMatchObject({ offloadedChecksums: 5, wrongChecksums: 0 })
  })

  it('is told by Linux cooked capture itself', async () => {
    const cooked = (type: number, frame: Uint8Array) =>
      Uint8Array.from([0, type, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0, ...frame.subarray(14)])
    const syn = cooked(4, tcpFrame(client, server, { sequence: 1, flags: 'S' }))
    const synAck = cooked(0, tcpFrame(server, client, { sequence: 9, acknowledgment: 2, flags: 'SA' }))
    const { quality } = await analyze([buildPcap([syn, synAck], { linkType: 113 })])
    expect(quality.vantagePoint).toBe('client')
    expect(checkOf(quality, 'vantage-point').text).toBe(
      'at or beside the clients: 1 frame marked as sent by the capturing host',
    )
  })

  it.each(labCaptures())('of %s is where it was captured', async (_, path, place) => {
    const { vantagePoint } = (await analyze([readFileSync(path)])).quality
    expect(['unknown', place]).toContain(vantagePoint)
  })
})
