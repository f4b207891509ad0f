import { udpFrame } from '@pcap-analyzer/engine/testing'
import { capturedAtClient, capturedAtServer } from '../network/ways.ts'
import { httpGet, httpResponse } from '../payloads/http.ts'
import { sshTurns } from '../payloads/ssh.ts'
import { filler } from '../payloads/text.ts'
import type { Scenario } from '../scenario.ts'
import { MINUTE, MS, megabits, SECOND } from '../units.ts'
import { lookUp } from './name-lookup.ts'
import { download, playConnection } from './play-connection.ts'

export const webBrowsing: Scenario = {
  name: 'healthy-browsing',
  story:
    'A person reads web pages on a dozen servers for two minutes: names are looked up, pages and pictures come at once.',
  play: (stage) => {
    const { random } = stage
    for (let atNs = 0; atNs < 2 * MINUTE; atNs += random.between(3, 12) * SECOND) {
      const site = random.integer(1, 12)
      const way = capturedAtClient(random.between(8, 40) * MS, { towardsClient: { bytesPerSecond: megabits(50) } })
      const answeredNs = lookUp(stage, { atNs, name: `www.site${site}.example` })
      for (let i = 0; i < 4; i++) {
        playConnection(stage, {
          way,
          startNs: Math.round(answeredNs + (1 + 30 * i) * MS),
          server: stage.outside(100 + site),
          turns: [
            { from: 'client', payload: httpGet(`/${random.word(8)}`), afterNs: MS },
            {
              from: 'server',
              payload: httpResponse(200, random.integer(2000, 90_000)),
              afterNs: random.between(2, 60) * MS,
            },
          ],
        })
      }
    }
    return { expected: [] }
  },
}

export const bulkTransfer: Scenario = {
  name: 'healthy-transfer',
  story: 'A download of 5 MB over a clean path of 100 Mbit/s: nothing is lost, nobody waits.',
  play: (stage) => {
    const way = capturedAtClient(10 * MS, { towardsClient: { bytesPerSecond: megabits(100), queueBytes: 4_000_000 } })
    playConnection(stage, { way, turns: download(5_000_000) })
    return { expected: [] }
  },
}

export const kubernetesProbes: Scenario = {
  name: 'kubernetes-probes',
  story:
    'A node asks twelve pods every ten seconds whether they live: short connections at a steady beat, all answered.',
  play: (stage) => {
    for (let round = 0; round < 30; round++) {
      for (let pod = 0; pod < 12; pod++) {
        playConnection(stage, {
          way: capturedAtClient(0.4 * MS, { hops: 0 }),
          startNs: Math.round(round * 10 * SECOND + pod * 700 * MS + stage.random.between(0, 5) * MS),
          client: stage.inside(1, 4),
          server: stage.inside(10 + pod, 4),
          port: 8080,
          turns: [
            { from: 'client', payload: httpGet('/healthz', 'pod', 'kube-probe/1.31') },
            { from: 'server', payload: httpResponse(200, 2), afterNs: MS },
          ],
        })
      }
    }
    return { expected: [] }
  },
}

export const polling: Scenario = {
  name: 'ntp-and-monitoring',
  story:
    'A host asks two time servers outside every 64 seconds, and a monitor inside polls it over SNMP every 30: steady by design.',
  play: (stage) => {
    const host = { address: stage.inside(10), port: 123 }
    for (let i = 0; i < 60; i++) {
      for (const server of [1, 2]) {
        const peer = { address: stage.outside(server, 1), port: 123 }
        const atNs = i * 64 * SECOND + server * 900 * MS
        const packet = (mode: number) => Uint8Array.from({ length: 48 }, (_, at) => (at === 0 ? 0x20 | mode : at))
        stage.record(atNs, udpFrame(host, peer, packet(3)))
        stage.record(atNs + stage.random.between(17, 19) * MS, udpFrame(peer, host, packet(4), { hopLimit: 54 }))
      }
    }
    const agent = { address: stage.inside(10), port: 161 }
    for (let i = 0; i < 128; i++) {
      const monitor = { address: stage.inside(9, 2), port: 40_161 }
      stage.record(i * 30 * SECOND, udpFrame(monitor, agent, filler(44), { hopLimit: 63 }))
      stage.record(i * 30 * SECOND + stage.random.between(1, 4) * MS, udpFrame(agent, monitor, filler(120)))
    }
    return { expected: [] }
  },
}

export const ciJob: Scenario = {
  name: 'ci-ssh-sessions',
  story:
    'A build job opens sixty SSH sessions to four deployment hosts with its key, runs a command in each, and succeeds.',
  play: (stage) => {
    for (let i = 0; i < 60; i++) {
      playConnection(stage, {
        way: capturedAtServer(2 * MS),
        startNs: i * 3 * SECOND,
        client: stage.inside(20, 5),
        server: stage.inside(30 + (i % 4), 5),
        port: 22,
        turns: sshTurns(stage.random, { refused: 0, sessionBytes: stage.random.integer(8000, 20_000) }),
      })
    }
    return { expected: [] }
  },
}

export const fleetManagement: Scenario = {
  name: 'fleet-management',
  story: 'A management host runs a command on each of thirty servers over SSH; on three of them its key is refused.',
  play: (stage) => {
    for (let i = 0; i < 30; i++) {
      const isRefused = i % 10 === 9
      playConnection(stage, {
        way: capturedAtServer(2 * MS),
        startNs: i * 2 * SECOND,
        client: stage.outside(20),
        server: stage.inside(30 + i, 5),
        port: 22,
        turns: sshTurns(stage.random, { refused: isRefused ? 1 : 0, sessionBytes: isRefused ? 0 : 12_000 }),
        ...(isRefused ? { ending: { by: 'server' as const, afterNs: 10 * MS } } : {}),
      })
    }
    return { expected: [] }
  },
}
