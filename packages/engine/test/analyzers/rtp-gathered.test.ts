import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rtp } from '../../src/analyzers/rtp.ts'
import { CaptureRun } from '../../src/capture-run.ts'
import { withLimits } from '../../src/limits.ts'
import { RunContext } from '../../src/run-context.ts'
import { absoluteTime, buildPcap, type TestFrame, udpFrame } from '../../src/testing/index.ts'
import { analysisOf } from './analysis-of.ts'

const MS = 1e6
/** Every frame of the beginning of a capture is looked at closely; only behind it packets are gathered. */
const LOOKED_AT_CLOSELY = 1 << 12
const EVERY_PACKET_TOLD = { index: 0, count: 2 }

/** What happens between one datagram of a conversation and the next. */
const event = fc.record({
  afterMs: fc.constantFrom(20, 20, 20, 20, 0, 3, 90, 5000),
  isForward: fc.boolean(),
  /** How far the sequence number goes on: 1 in order, 0 repeated, others lost, late or restarted. */
  step: fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 0, 2, 5, -3, 1000),
  /** The stream's source changes, the marker and type are those of RTCP, or it is no RTP at all. */
  kind: fc.constantFrom(...new Array<string>(40).fill('rtp'), 'source', 'rtcp', 'other', 'empty'),
})

/** What `event` makes. */
interface Event {
  readonly afterMs: number
  readonly isForward: boolean
  readonly step: number
  readonly kind: string
}

function payloadOf(kind: string, sequence: number, source: number): Uint8Array {
  if (kind === 'empty') return new Uint8Array(0)
  if (kind === 'other') return Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)
  const bytes = new Uint8Array(32)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, 0x80)
  view.setUint8(1, kind === 'rtcp' ? 200 : 8)
  view.setUint16(2, sequence & 0xffff)
  view.setUint32(4, sequence * 160)
  view.setUint32(8, source)
  return bytes
}

function conversation(events: readonly Event[]): TestFrame[] {
  const sequences = [65_500, 0]
  const sources = [0xa0000001, 0xb0000002]
  let timeMs = 0
  return events.map(({ afterMs, isForward, step, kind }) => {
    timeMs += afterMs
    const own = isForward ? 0 : 1
    sequences[own] += step
    if (kind === 'source') sources[own]++
    const [from, to] = isForward ? [16_384, 20_000] : [20_000, 16_384]
    const payload = payloadOf(kind, sequences[own], sources[own])
    const bytes = udpFrame({ address: '10.0.0.1', port: from }, { address: '10.0.0.1', port: to }, payload)
    return { bytes, ...absoluteTime(timeMs * MS) }
  })
}

const beginning: TestFrame[] = Array.from({ length: LOOKED_AT_CLOSELY }, () => ({
  bytes: udpFrame({ address: '10.0.0.8', port: 9000 }, { address: '10.0.0.8', port: 9001 }, Uint8Array.of(1)),
  ...absoluteTime(0),
}))

function rtpOf(bytes: Uint8Array, partition?: { index: number; count: number }): unknown {
  const { sections, findings } = analysisOf(bytes, partition).report()
  return [sections.find(({ id }) => id === 'rtp'), findings.filter(({ kind }) => kind.startsWith('rtp-'))]
}

it('tells the same of streams whether their packets are gathered or told one by one', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 100, maxLength: 400, size: 'max' }), (events) => {
      const bytes = buildPcap([...beginning, ...conversation(events)])
      // both ends have one address, so the first part of a split run has it all
      expect(rtpOf(bytes)).toEqual(rtpOf(bytes, EVERY_PACKET_TOLD))
    }),
    { numRuns: 40 },
  )
})

it('is called once for many packets of a steady stream', () => {
  const steady = Array.from({ length: 640 }, () => ({ afterMs: 20, isForward: true, step: 1, kind: 'rtp' }))
  let told = 0
  const context = new RunContext(null, (name) => rtp.settings?.[name].default ?? 0)
  const run = new CaptureRun(withLimits(), [rtp.create(context).on, { frame: () => told++ }], {
    protocols: true,
    quiet: true,
    rtp: true,
  })
  context.tieTo(run.pipeline)
  run.beginFile(null)
  run.input.push(buildPcap(conversation(steady)))
  run.input.finish()
  run.drain()
  run.endFile()
  run.finish()
  expect(run.totals.packets).toBe(640)
  expect(told).toBeLessThan(64)
})
