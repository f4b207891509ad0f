import { gzipSync } from 'node:zlib'
import { analyzeFiles } from '@pcap-analyzer/engine/node'
import { addDetails } from './src/node/add-details.ts'

const f = process.argv[2]
console.time('analyze')
const r = await analyzeFiles([f])
console.timeEnd('analyze')
console.time('details')
const d = await addDetails(r, [f])
console.timeEnd('details')
const j = JSON.stringify(d.details)
console.log(
  j.length,
  gzipSync(j, { level: 9 }).length,
  gzipSync(JSON.stringify(r), { level: 9 }).length,
  d.details!.findings.length,
  d.details!.connections.map((c) => [c.stream, c.total, c.stride, c.segments.length, c.bins[0].index.length]),
)
