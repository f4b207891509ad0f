import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PacketWriter } from '../src/index.ts'
import { FileSet, filterFrames } from '../src/node/index.ts'
import goldens from './filter-goldens.json' with { type: 'json' }
import { corpusFolder, samples } from './support/captures.ts'
import { filters } from './support/filters.ts'

const hasTshark = spawnSync('tshark', ['--version'], { encoding: 'utf8' }).stdout?.includes('4.0.17') === true
if (!hasTshark) console.error('\n*** NO tshark 4.0.17: filters are only compared with the golden list ***\n')

/** Ethernet captures of many protocols, read one behind the other. */
const captures = [
  'app/zeek__pipelined-requests.pcap',
  'security/packets__arppoison.pcapng',
  'tcp/packets__tcp_retransmissions.pcapng',
  'tcp/packets__tcp_zerowindowdead.pcapng',
  'ip/packets__icmp_traceroute.pcapng',
  'ip/pcappluspl__ip4_fragments.pcap',
  'dns/zeek__mdns.pcap',
  'encap/zeek__mixed-vlan-mpls.pcap',
  'app/zeek__tls-early-alert.pcap',
  'format/wireshark__dhcp-nanosecond.pcap',
  'latency/zeek__bro.org.pcap',
]

async function numbers(paths: readonly string[], filter: string): Promise<number[]> {
  const selected: number[] = []
  await filterFrames(paths, filter, (_, packet) => void selected.push(packet.number))
  return selected
}

function tsharkNumbers(path: string, filter: string): number[] {
  const { stdout, stderr, status } = spawnSync(
    'tshark',
    ['-r', path, '-Y', filter, '-T', 'fields', '-e', 'frame.number'],
    { encoding: 'utf8', maxBuffer: 1 << 26 },
  )
  expect(status, stderr).toBe(0)
  return stdout.split('\n').filter(Boolean).map(Number)
}

describe('display filters', () => {
  it.each(filters)('select of the samples what the golden list says: %s', async (filter) => {
    const selected = Object.fromEntries(
      await Promise.all(samples.map(async (path) => [path.split('/').at(-1), ranges(await numbers([path], filter))])),
    )
    expect(selected).toEqual((goldens as Record<string, unknown>)[filter])
  })

  const corpus = corpusFolder('that filters select what tshark selects', 'captures')
  let merged = ''
  let folder = ''
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  beforeAll(async () => {
    if (corpus === null || !hasTshark) return
    folder = mkdtempSync(join(tmpdir(), 'filters-'))
    merged = join(folder, 'merged.pcapng')
    const files = new FileSet()
    const writer = new PacketWriter((bytes) => files.append(merged, bytes), null)
    for (const name of captures)
      await filterFrames([join(corpus, name)], 'frame.number < 3000', (_, packet) => writer.add(packet, null))
    files.publish()
  })

  it.skipIf(corpus === null || !hasTshark).each(filters)(
    'select what tshark 4.0.17 selects of many protocols: %s',
    async (filter) => {
      expect(ranges(await numbers([merged], filter))).toEqual(ranges(tsharkNumbers(merged, filter)))
    },
  )
})

/** Runs drawn together, so that a golden list stays short: `1-4 9`. */
function ranges(list: readonly number[]): string {
  const parts: string[] = []
  for (let i = 0; i < list.length; ) {
    let end = i
    while (end + 1 < list.length && list[end + 1] === list[end] + 1) end++
    parts.push(end === i ? `${list[i]}` : `${list[i]}-${list[end]}`)
    i = end + 1
  }
  return parts.join(' ')
}
