import { dnsType } from '../payloads/dns.ts'
import type { Scenario } from '../scenario.ts'
import { MS, SECOND } from '../units.ts'
import { lookUp, rcodes } from './name-lookup.ts'

export const slowDns: Scenario = {
  name: 'slow-dns',
  story: 'Ten of thirty names take the resolver between 0.8 and 1.5 seconds, the others a few milliseconds.',
  play: (stage) => {
    for (let i = 0; i < 30; i++) {
      const isSlow = i % 3 === 1
      lookUp(stage, {
        atNs: i * 2 * SECOND,
        name: `host${i}.shop.example`,
        ...(isSlow ? { latencyNs: stage.random.between(800, 1500) * MS, labels: ['slow'] } : {}),
      })
    }
    return { expected: [{ kind: 'dns-slow', evidence: ['slow', 'response'] }] }
  },
}

export const dnsUnanswered: Scenario = {
  name: 'dns-unanswered',
  story: 'The resolver never answers questions for the names of one zone, though the client asks three times.',
  play: (stage) => {
    for (let i = 0; i < 24; i++) {
      const isDead = i % 4 === 2
      const name = isDead ? `host${i}.dead.example` : `host${i}.shop.example`
      lookUp(stage, {
        atNs: i * SECOND,
        name,
        ...(isDead ? { latencyNs: null, repeatsAtNs: [5 * SECOND, 10 * SECOND], labels: ['dead'] } : {}),
      })
    }
    return { expected: [{ kind: 'dns-unanswered', evidence: ['dead', 'first'] }] }
  },
}

const searchPath = ['shop.svc.cluster.local', 'svc.cluster.local', 'cluster.local', 'eu-west.internal']

export const searchPaths: Scenario = {
  name: 'dns-search-paths',
  story:
    'A pod resolves names outside of its cluster with ndots:5, so each one is first asked for below four search domains in vain.',
  play: (stage) => {
    for (let i = 0; i < 40; i++) {
      let atNs = i * 500 * MS
      const name = stage.random.pick(['api.payments.example', 'mail.example.net', 'cdn.images.example'])
      for (const suffix of [...searchPath, null]) {
        const asked = suffix === null ? name : `${name}.${suffix}`
        const rcode = suffix === null ? rcodes.none : rcodes.nameError
        for (const type of [dnsType.a, dnsType.aaaa]) {
          lookUp(stage, {
            atNs,
            name: asked,
            type,
            rcode,
            latencyNs: stage.random.between(0.3, 1.5) * MS,
            labels: suffix === null ? [] : ['vain'],
          })
        }
        atNs += 2 * MS
      }
    }
    return { expected: [{ kind: 'dns-search-path', evidence: ['response', 'vain'] }] }
  },
}

export const dnsFailures: Scenario = {
  name: 'dns-server-failure',
  story: 'The resolver says server failure for the names of one zone, whose own name servers it cannot reach.',
  play: (stage) => {
    for (let i = 0; i < 40; i++) {
      const isBroken = i % 4 === 0
      lookUp(stage, {
        atNs: i * SECOND,
        name: `host${i}.${isBroken ? 'broken' : 'shop'}.example`,
        ...(isBroken ? { rcode: rcodes.serverFailure, labels: ['broken'] } : {}),
      })
    }
    return { expected: [{ kind: 'dns-errors', evidence: ['broken', 'response'] }] }
  },
}

export const busyDnsServer: Scenario = {
  name: 'busy-dns-server',
  story: 'Eighty clients of a site ask one resolver two hundred questions a second, and get their answers.',
  play: (stage) => {
    const hosts = ['www', 'mail', 'cdn', 'api', 'static', 'login']
    for (let atNs = 0; atNs < 20 * SECOND; atNs += stage.random.exponential(5 * MS)) {
      lookUp(stage, {
        atNs,
        client: stage.inside(stage.random.integer(20, 99)),
        name: `${stage.random.pick(hosts)}.site${stage.random.integer(1, 60)}.example`,
        latencyNs: stage.random.next() < 0.9 ? stage.random.between(0.2, 1) * MS : stage.random.between(8, 60) * MS,
      })
    }
    return { expected: [] }
  },
}
