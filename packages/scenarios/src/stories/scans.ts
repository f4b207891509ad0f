import { udpFrame } from '@pcap-analyzer/engine/testing'
import type { Scenario } from '../scenario.ts'
import { MS, SECOND } from '../units.ts'
import { portUnreachable, probeTcp } from './probe.ts'

export const horizontalScan: Scenario = {
  name: 'horizontal-scan',
  story:
    'An infected host inside tries the port of Windows shares on 120 addresses; two of them answer, some refuse, most are silent.',
  play: (stage) => {
    const source = stage.inside(66)
    for (let host = 1; host <= 120; host++) {
      probeTcp(stage, {
        atNs: host * 150 * MS,
        from: stage.from(source),
        to: { address: stage.inside(host, 9), port: 445 },
        answer: host === 17 || host === 80 ? 'open' : host % 5 === 0 ? 'reset' : 'none',
        labels: host === 17 || host === 80 ? [] : ['vain'],
      })
    }
    return { expected: [{ kind: 'port-scan-horizontal', subject: [source, '445'], evidence: ['vain', 'probe'] }] }
  },
}

export const verticalScan: Scenario = {
  name: 'vertical-scan',
  story: 'Somebody outside tries three hundred ports of one server by SYN; three are open, the others refuse.',
  play: (stage) => {
    const open = [22, 80, 443]
    for (let port = 1; port <= 300; port++) {
      const isOpen = open.includes(port)
      probeTcp(stage, {
        atNs: port * 20 * MS,
        from: { address: stage.outside(66), port: 40_000 },
        to: { address: stage.inside(80), port },
        answer: isOpen ? 'open' : 'reset',
        labels: isOpen ? [] : ['vain'],
      })
    }
    const subject = [stage.outside(66), stage.inside(80)]
    return {
      expected: [{ kind: 'port-scan-vertical', subject, evidence: ['vain', 'probe'] }],
      allowed: ['tcp-refused'],
    }
  },
}

/** Scans with flags that no connection begins with: closed ports answer RST, open ones nothing (RFC 9293 §3.10.7). */
function stealthScan(name: string, flags: string, what: string): Scenario {
  return {
    name,
    story: `Somebody tries eighty ports of a server with ${what}: closed ones answer with a reset, open ones not at all.`,
    play: (stage) => {
      for (let i = 0; i < 80; i++) {
        probeTcp(stage, {
          atNs: i * 60 * MS,
          from: { address: stage.outside(66), port: 50_123 },
          to: { address: stage.inside(80), port: 20 + i },
          flags,
          answer: i === 2 || i === 60 ? 'none' : 'reset',
        })
      }
      return {
        expected: [{ kind: 'port-scan-vertical', subject: [stage.outside(66), stage.inside(80)], evidence: ['probe'] }],
      }
    },
  }
}

export const finScan = stealthScan('fin-scan', 'F', 'lone FINs')
export const nullScan = stealthScan('null-scan', '', 'segments without any flag')
export const xmasScan = stealthScan('xmas-scan', 'FPU', 'FIN, PSH and URG together')

export const udpScan: Scenario = {
  name: 'udp-scan',
  story:
    'Somebody sends an empty datagram to each of two hundred ports of a host, which says for most that they are unreachable.',
  play: (stage) => {
    for (let i = 0; i < 200; i++) {
      const from = { address: stage.outside(66), port: 33_333 }
      const to = { address: stage.inside(80), port: 1 + i }
      const atNs = i * SECOND * 0.2
      stage.record(atNs, udpFrame(from, to, new Uint8Array(0), { hopLimit: 52 }), 'probe')
      if (i % 8 !== 0) stage.record(atNs + 0.2 * MS, portUnreachable(from, to, new Uint8Array(0)))
    }
    return {
      expected: [{ kind: 'port-scan-vertical', subject: [stage.outside(66), stage.inside(80)], evidence: ['probe'] }],
      allowed: ['icmp-unreachable'],
    }
  },
}
