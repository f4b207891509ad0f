import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { CheckedFacts } from '../src/compare-tshark/checked-facts.ts'
import { compareFacts } from '../src/compare-tshark/differences.ts'
import { lossyPcap, writeCapture } from './support/captures.ts'
import { runCommand } from './support/run-command.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

const isInstalled = spawnSync('tshark', ['--version']).status === 0
if (!isInstalled) console.warn('tshark is not installed: the comparison with it is not tested')

describe('compareFacts', () => {
  test('lists every disagreement by field and frame', () => {
    const [ours, tshark] = [new CheckedFacts(), new CheckedFacts()]
    ours.set('tcp.analysis.retransmission', 3)
    tshark.set('tcp.analysis.retransmission', 3)
    tshark.set('tcp.analysis.retransmission', 1)
    ours.set('tcp.analysis.ack_rtt', 5, '10 ns')
    tshark.set('tcp.analysis.ack_rtt', 5, '20 ns')
    ours.add('dns.response_to', 9, '2')
    ours.add('dns.response_to', 9, '1')
    const { differences, fields } = compareFacts(ours, tshark)
    expect(differences).toEqual([
      { field: 'tcp.analysis.retransmission', frame: 1, ours: null, tshark: '' },
      { field: 'tcp.analysis.ack_rtt', frame: 5, ours: '10 ns', tshark: '20 ns' },
      { field: 'dns.response_to', frame: 9, ours: '1, 2', tshark: null },
    ])
    expect(fields[0]).toEqual({
      field: 'tcp.analysis.retransmission',
      same: 1,
      onlyOurs: 0,
      onlyTshark: 1,
      otherValue: 0,
    })
  })
})

describe.skipIf(!isInstalled)('facts --compare-tshark', () => {
  test('finds no disagreement in a lossy connection', async () => {
    const file = writeCapture(temporaryFolder(), 'a.pcap', lossyPcap())
    const { stdout, exitCode } = await runCommand(['facts', '--compare-tshark', file])
    expect(stdout).toContain('4.0.17')
    expect(stdout).toMatch(/^tcp\.analysis\.retransmission +1 +0 +0 +0$/m)
    expect(stdout).toMatch(/no disagreement in 8 packets, 1 TCP stream\n$/)
    expect(exitCode).toBe(0)
  })
})
