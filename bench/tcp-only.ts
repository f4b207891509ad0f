import { CaptureRun } from '../packages/engine/src/capture-run.ts'
import { withLimits } from '../packages/engine/src/limits.ts'
import { readFile } from '../packages/engine/src/node/read-file.ts'

/** The engine with its TCP analysis alone: reads, decodes, follows flows and connections, and tells nobody. */
const run = new CaptureRun(withLimits(), [], { quiet: true })
await readFile(run, process.argv[2])
run.finish()
process.stdout.write(`${run.totals.packets} packets, ${run.pipeline.core.tcpStreams} TCP streams\n`)
