import { analyze, EngineError } from '@pcap-analyzer/engine'
import {
  CaptureRun,
  compileFilter,
  DRAIN_ENDED,
  describeFrame,
  FrameFacts,
  filterFields,
  withLimits,
} from '@pcap-analyzer/engine/observe'
import { describe, expect, it } from 'vitest'
import { captureFolders } from '../../../test/capture-files.ts'
import { Mutator } from '../../../test/fuzz/mutate.ts'
import { Random } from '../../../test/fuzz/random.ts'
import { builtSeeds, seedsOf } from '../../../test/fuzz/seeds.ts'
import { DetailsCollector } from '../src/details/details-collector.ts'
import { forms } from '../src/index.ts'
import { CaptureLists } from '../src/lists/capture-lists.ts'
import { lists } from '../src/lists/index.ts'
import { ZeekLogs } from '../src/zeek/zeek-logs.ts'

const SEED = 20_261_122
const MUTANTS = 500
const MOST_BYTES = 300_000

/** Everything of this package that hears a capture, over these bytes: logs, lists, details, every filter field, descriptions, forms. */
async function tryAll(bytes: Uint8Array): Promise<void> {
  const report = await analyze([bytes])
  const filter = compileFilter(
    filterFields.map(({ name, type }) => (type === 'protocol' ? name : `!${name}`)).join(' || '),
  )
  const slices = compileFilter(
    'frame[0:4] == 00:00:00:00 || tcp[13] & 2 || udp[-1:] == ff || tcp.payload contains "a" || ip[8] == 1',
  )
  let run: CaptureRun | null = null
  const flowAt = (index: number) => {
    if (run === null) throw new Error('no run')
    return run.pipeline.flow.at(index)
  }
  const facts = new FrameFacts(flowAt)
  const zeek = new ZeekLogs(() => {})
  const made = new CaptureLists(lists, (list, row) => expect(row).toHaveLength(list.columns.length))
  const details = new DetailsCollector(report, facts, flowAt)
  const frame = () => {
    filter.matches(facts)
    slices.matches(facts)
    describeFrame(facts)
  }
  run = new CaptureRun(
    withLimits({ maxDecompressedBytes: 1 << 24 }),
    [facts.on, { frame }, details.on, ...zeek.listeners, ...made.listeners],
    { ownView: true, protocols: true, dnsAnswers: true },
  )
  zeek.begin(run)
  made.begin(run)
  run.beginFile(null)
  run.input.push(bytes)
  if (run.drain() !== DRAIN_ENDED) {
    run.input.finish()
    run.drain()
  }
  run.endFile()
  run.finish()
  zeek.finish()
  const whole = { ...report, details: details.result() }
  for (const form of forms) await form.files(whole)
}

async function failureOf(bytes: Uint8Array): Promise<string | null> {
  try {
    await tryAll(bytes)
    return null
  } catch (error) {
    return error instanceof EngineError ? null : ((error as Error).stack ?? String(error))
  }
}

describe('what hears a capture', () => {
  const seeds = [...seedsOf(captureFolders()), ...builtSeeds()]

  it('throws at no capture', async () => {
    for (const { name, bytes } of seeds.filter((seed) => seed.bytes.length <= MOST_BYTES)) {
      expect(await failureOf(bytes), name).toBe(null)
    }
  })

  it(`throws at no damaged capture, of ${MUTANTS} with seed ${SEED}`, async () => {
    const mutator = new Mutator(seeds)
    for (let i = 0; i < MUTANTS; i++) {
      expect(await failureOf(mutator.make(new Random(SEED, i)).slice()), `mutant ${i} of seed ${SEED}`).toBe(null)
    }
  })
})
