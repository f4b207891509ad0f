import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { READ_PACKET } from '../../src/capture/record-reader.ts'
import { CaptureInput } from '../../src/capture/source.ts'
import { EngineError } from '../../src/errors.ts'
import { Packet } from '../../src/packet.ts'
import { timeText } from './read-capture.ts'

const corpus = new URL('../../../../../shared/corpus/', import.meta.url)
const isPresent = existsSync(corpus)
if (!isPresent) console.warn(`SKIPPED: the reader is not compared with tshark, the corpus is not at ${corpus.pathname}`)

interface Summary {
  packets: number
  bytes: number
  captured_bytes: number
  first_ts: string | null
  last_ts: string | null
  link_types: Record<string, number>
  interfaces: number
  interface_packets: Record<string, number>
  isOk: boolean
}

/** Captures whose first or last record says a second or more in the field below a second: tshark prints that as it stands, we carry it. */
const carried: Readonly<Record<string, Partial<Summary>>> = {
  'captures/malformed/ndpi__fuzz-2021-10-13.pcap': {
    first_ts: '980658803.882137472',
    last_ts: '980658803.882137472',
  },
  'captures/malformed/suricata__fuzz.pcap': { last_ts: '1409179652.211277000' },
  'captures/malformed/pcappluspl__clusterfuzz-testcase-fuzztarget-5188876846235648.pcap': {
    first_ts: '3556769836.151491000',
    last_ts: '3556769836.151491000',
  },
}

describe.skipIf(!isPresent)('CaptureInput on the shared corpus', () => {
  const captures: { file: string; golden: string }[] = isPresent
    ? JSON.parse(readFileSync(new URL('manifest.json', corpus), 'utf8')).captures
    : []

  it.each(captures)('reads $file as tshark does', ({ file, golden }) => {
    const found = summarize(readFileSync(new URL(file, corpus)))
    expect(found).toEqual({ ...readGolden(golden), ...carried[file] })
  })
})

function readGolden(path: string): Summary {
  const raw = readFileSync(new URL(path, corpus))
  const golden = JSON.parse((path.endsWith('.gz') ? gunzipSync(raw) : raw).toString())
  const { packets, bytes, captured_bytes, first_ts, last_ts, link_types, interfaces, interface_packets } =
    golden.capture as Summary
  const isOk = golden.status === 'ok'
  return { packets, bytes, captured_bytes, first_ts, last_ts, link_types, interfaces, interface_packets, isOk }
}

function summarize(file: Uint8Array): Summary {
  const summary: Summary = {
    packets: 0,
    bytes: 0,
    captured_bytes: 0,
    first_ts: null,
    last_ts: null,
    link_types: {},
    interfaces: 0,
    interface_packets: {},
    isOk: false,
  }
  const input = new CaptureInput()
  const packet = new Packet()
  input.push(file)
  input.finish()
  try {
    while (input.next(packet) === READ_PACKET) addPacket(summary, packet)
  } catch (error) {
    if (error instanceof EngineError) return summary
    throw error
  }
  summary.interfaces = input.metadata?.interfaces.length ?? 0
  summary.isOk = input.metadata?.end.status === 'ok'
  return summary
}

function addPacket(summary: Summary, packet: Packet): void {
  summary.packets++
  summary.bytes += packet.wireLength
  summary.captured_bytes += packet.capturedLength
  summary.link_types[packet.linkType] = (summary.link_types[packet.linkType] ?? 0) + 1
  summary.interface_packets[packet.interfaceIndex] = (summary.interface_packets[packet.interfaceIndex] ?? 0) + 1
  if (!packet.hasTime) return
  summary.first_ts ??= timeText(packet)
  summary.last_ts = timeText(packet)
}
