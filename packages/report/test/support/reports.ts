import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Details, Report } from '@pcap-analyzer/engine'
import { analyzeFile } from '@pcap-analyzer/engine/node'
import {
  buildPcap,
  buildPcapng,
  dnsMessage,
  TcpConversation,
  type TestFrame,
  udpFrame,
} from '@pcap-analyzer/engine/testing'
import { addDetails, sealReport } from '../../src/node/index.ts'

/** Text of a capture that means something to whoever reads it carelessly. */
export const hostileTexts = [
  '<img src=x onerror=document.title=1>',
  '"><script>document.title=1</script>',
  '=HYPERLINK("http://evil.example")',
  '\u202egnp.exe',
  '\u001b[31mred\u0007',
  '`a`|b|<b>',
  'https://evil.example/click',
  '-->]]>&amp;{{7*7}}',
] as const

/** A capture whose names, comments and interfaces are hostile, one of them a million characters long. */
export function hostileCapture(): Uint8Array {
  const resolver = { address: '10.0.0.53', port: 53 }
  const host = { address: '10.0.0.1', port: 53_000 }
  const names = hostileTexts.map((text) => text.replaceAll('.', '·').slice(0, 60))
  const frames = names.flatMap((name, i) => [
    udpFrame(host, resolver, dnsMessage(i + 1, name)),
    udpFrame(resolver, host, dnsMessage(i + 1, name, { rcode: 3 })),
  ])
  const [first, second, third, fourth] = hostileTexts
  return buildPcapng(frames, {
    comment: hostileTexts.join('\n'),
    application: `${first}${'A'.repeat(60_000)}`,
    interfaces: [{ name: second, description: third, filter: fourth }],
  })
}

/** The report of the hostile capture, as the command writes it. */
export async function hostileReport(folder: string): Promise<Report> {
  const path = join(folder, `${hostileTexts[0].replaceAll('/', '')}.pcapng`)
  writeFileSync(path, hostileCapture())
  return await writtenReport(path)
}

/** A report with details and provenance, as the command writes it. */
export async function writtenReport(path: string): Promise<Report> {
  return sealReport(await addDetails(await analyzeFile(path), [path]), [path], {})
}

/** What a second look at a capture adds to its report. */
export async function detailsOfCapture(bytes: Uint8Array): Promise<Details> {
  const folder = mkdtempSync(join(tmpdir(), 'details-'))
  try {
    const path = join(folder, 'capture.pcap')
    writeFileSync(path, bytes)
    const { details } = await addDetails(await analyzeFile(path), [path])
    if (details === undefined) throw new Error('no details')
    return details
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The report of one connection that speaks, is silent for ten years, and speaks again. */
export async function tenYearsReport(folder: string): Promise<Report> {
  const frames: TestFrame[] = []
  const payload = new Uint8Array(1000)
  const conversation = new TcpConversation(
    { address: '10.0.0.1', port: 40_000 },
    { address: '192.0.2.7', port: 80 },
    frames,
  )
  conversation.open(0, 20e6)
  for (const start of [1e9, 10 * 365 * 86_400e9]) {
    for (let i = 0; i < 40; i++) {
      conversation.send('client', start + i * 2e6, { payload }).send('server', start + i * 2e6 + 1e6)
    }
  }
  const path = join(folder, 'ten-years.pcap')
  writeFileSync(path, buildPcap(frames))
  return await writtenReport(path)
}
