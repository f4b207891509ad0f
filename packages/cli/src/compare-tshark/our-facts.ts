import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Limits } from '@pcap-analyzer/engine'
import { factsFile } from '@pcap-analyzer/engine/node'
import { analysisFlags, CheckedFacts, comparedFields, nsText } from './checked-facts.ts'

/** The parts of capture-golden/1 that are compared. */
interface PrintedFacts {
  capture: { packets: number }
  conversations: { tcp: [stream: number, ...rest: unknown[]][] }
  tcp: {
    streams: number
    analysis: Record<string, number[]>
    irtt: Record<string, number>
    ack_rtt: [frame: number, ns: number][]
    rto: [frame: number, lostFrame: number, ns: number][]
  }
  dns?: { messages: unknown[][] }
  icmp: { echo_match: [frame: number, request: number, ns: number][] }
}

const FIRST_FRAME = 9
const RESPONSE_TO = 8
const RESPONSE_TIME = 9

/** What we say of the capture, from the same facts that the command prints. @throws {EngineError} */
export async function readOurFacts(path: string, limits: Partial<Limits>): Promise<CheckedFacts> {
  return checkedFacts(await printedFacts(path, limits))
}

async function printedFacts(path: string, limits: Partial<Limits>): Promise<PrintedFacts> {
  const folder = mkdtempSync(join(tmpdir(), 'pcap-analyzer-'))
  try {
    const file = join(folder, 'facts.json')
    const descriptor = openSync(file, 'wx', 0o600)
    try {
      await factsFile(path, descriptor, { limits })
    } finally {
      closeSync(descriptor)
    }
    return JSON.parse(readFileSync(file, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function checkedFacts({ capture, conversations, tcp, dns, icmp }: PrintedFacts): CheckedFacts {
  const facts = new CheckedFacts()
  facts.packets = capture.packets
  facts.tcpStreams = tcp.streams
  const firstFrames = new Map(conversations.tcp.map((row) => [String(row[0]), row[FIRST_FRAME] as number]))
  for (const [stream, frame] of firstFrames) facts.set(comparedFields.stream, frame, stream)
  for (const flag of analysisFlags) {
    for (const frame of tcp.analysis[flag] ?? []) facts.set(`tcp.analysis.${flag}`, frame)
  }
  for (const [stream, ns] of Object.entries(tcp.irtt)) {
    facts.set(comparedFields.initialRtt, firstFrames.get(stream) ?? 0, nsText(ns))
  }
  for (const [frame, ns] of tcp.ack_rtt) facts.set(comparedFields.ackRtt, frame, nsText(ns))
  for (const [frame, lostFrame, ns] of tcp.rto) facts.set(comparedFields.rto, frame, rtoText(lostFrame, ns))
  for (const row of dns?.messages ?? []) {
    const [frame, request, ns] = [row[0] as number, row[RESPONSE_TO], row[RESPONSE_TIME]]
    if (typeof request === 'number') facts.add(comparedFields.dnsResponseTo, frame, String(request))
    if (typeof ns === 'number') facts.add(comparedFields.dnsTime, frame, nsText(ns))
  }
  for (const [frame, request] of icmp.echo_match) facts.set(comparedFields.icmpResponseTo, frame, String(request))
  return facts
}

/** A retransmission's time-out with the frame it is counted from. */
export function rtoText(lostFrame: number, ns: number): string {
  return `${nsText(ns)} since frame ${lostFrame}`
}
