import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { analyze } from '../../src/analyze.ts'
import { healthMetrics } from '../../src/diagnosis/health-metrics.ts'
import type { JudgedHealth } from '../../src/diagnosis/health-score.ts'
import { type HealthSetting, healthScore, healthSettings, SectionFacts } from '../../src/diagnosis/index.ts'
import { penaltyOf } from '../../src/diagnosis/penalty-curve.ts'
import type { Conclusion, Severity } from '../../src/finding.ts'
import type { JudgedQuality } from '../../src/quality/index.ts'
import type { CheckId, Section } from '../../src/report.ts'
import { buildPcap, TcpConversation } from '../../src/testing/index.ts'

const perfect = {
  'tcp-health.segments': 10_000,
  'tcp-health.dataSegments': 10_000,
  'tcp-health.lostSegments': 0,
  'tcp-health.reorderedSegments': 0,
  'tcp-health.zeroWindowNs': 0,
  'traffic.durationNs': 60e9,
  'rtt.initialSamples': 100,
  'rtt.initialMedianNs': 20e6,
  'rtp.packets': 1000,
  'rtp.lost': 0,
  'rtp.medianNs': 2e6,
  'handshakes.attempts': 1000,
  'handshakes.refused': 0,
  'handshakes.unanswered': 0,
  'handshakes.halfOpen': 0,
  'dns.transactions': 1000,
  'dns.unanswered': 0,
  'dns.failures': 0,
  'http.timedResponses': 1000,
  'http.slowByServer': 0,
}

function factsOf(values: Readonly<Record<string, number>>): SectionFacts {
  const sections = Object.entries(values).map(([path, value]): Section => {
    const [id, key] = path.split('.')
    return { id, title: '', view: null, facts: [{ key, label: '', unit: 'count', value }], tables: [] }
  })
  return new SectionFacts(sections)
}

const setting = (name: HealthSetting) => healthSettings[name].default

function quality(failed: readonly CheckId[] = []): JudgedQuality {
  return {
    vantage: { place: 'unknown', basis: 'none' },
    checks: failed.map((id) => ({ id, ok: false, numbers: {} })),
  }
}

function security(severity: Severity, technique = 'T1071.004'): Conclusion {
  return {
    kind: 'x',
    key: 'x',
    severity,
    confidence: 'high',
    costNs: null,
    evidence: { frames: [], total: 0 },
    displayFilter: 'tcp',
    view: null,
    values: {},
    hypotheses: [],
    needs: [],
    attack: [technique],
  }
}

function scoreOf(values: Readonly<Record<string, number>>, conclusions: readonly Conclusion[] = []): JudgedHealth {
  return healthScore(factsOf({ ...perfect, ...values }), conclusions, quality(), setting)
}

const lossAndLatency = (lossRatio: number, rttMs: number) => {
  const facts = {
    'tcp-health.segments': 10_000,
    'tcp-health.dataSegments': 10_000,
    'tcp-health.lostSegments': lossRatio * 10_000,
    'rtt.initialSamples': 100,
    'rtt.initialMedianNs': rttMs * 1e6,
  }
  return healthScore(factsOf(facts), [], quality(), (name) =>
    ['lossWeight', 'latencyWeight'].includes(name) ? setting(name) : 0,
  )
}

describe('healthScore', () => {
  it('is 100 for a perfect network', () => {
    expect(scoreOf({})).toMatchObject({ score: 100, grade: 'excellent' })
  })

  it.each([
    [0.005, 80, 'good'],
    [0.02, 200, 'fair'],
    [0.04, 500, 'poor'],
    [0.08, 1000, 'bad'],
    [0.15, 2000, 'failing'],
  ])('of loss %d and a round trip of %d ms alone is %s', (loss, rttMs, grade) => {
    expect(lossAndLatency(loss, rttMs).grade).toBe(grade)
  })

  it('of 1 % loss and nothing else is good', () => {
    expect(scoreOf({ 'tcp-health.lostSegments': 100 }).score).toBeGreaterThanOrEqual(85)
  })

  it('adds up: the parts are what the score lacks', () => {
    const { score, parts, security } = scoreOf({ 'tcp-health.lostSegments': 400, 'dns.unanswered': 100 })
    const taken = parts.reduce((sum, { points }) => sum + points, security.points)
    expect(100 - (score ?? 0)).toBeCloseTo(taken, 0)
    expect(parts.filter(({ points }) => points > 0).map(({ id }) => id)).toEqual(['loss', 'name-resolution'])
  })

  it('never rises when anything gets worse', () => {
    const worse = [
      'tcp-health.lostSegments',
      'tcp-health.reorderedSegments',
      'tcp-health.zeroWindowNs',
      'rtt.initialMedianNs',
      'rtp.lost',
      'rtp.medianNs',
      'handshakes.refused',
      'dns.unanswered',
      'http.slowByServer',
    ] as const
    const bad = fc.record(
      Object.fromEntries(worse.map((path) => [path, fc.integer({ min: 0, max: path.endsWith('Ns') ? 6e9 : 1000 })])),
    )
    fc.assert(
      fc.property(bad, fc.constantFrom(...worse), fc.integer({ min: 1, max: 500 }), (values, path, more) => {
        const by = path.endsWith('Ns') ? more * 1e7 : more
        const before = scoreOf(values).score ?? 0
        expect(scoreOf({ ...values, [path]: (values[path] ?? 0) + by }).score).toBeLessThanOrEqual(before)
      }),
    )
  })

  it('leaves out what it does not know, instead of calling it perfect', () => {
    const known = { 'dns.transactions': 100, 'dns.unanswered': 100 }
    const { score, parts } = healthScore(factsOf(known), [], quality(), setting)
    expect(score).toBe(0)
    expect(parts.filter(({ missing }) => missing === null).map(({ id }) => id)).toEqual(['name-resolution'])
    expect(healthScore(factsOf({}), [], quality(), setting)).toMatchObject({ score: null, grade: null })
  })

  it('leaves out what the capture cannot tell', () => {
    const { parts } = healthScore(factsOf(perfect), [], quality(['both-directions']), setting)
    expect(parts.filter(({ missing }) => missing === 'quality').map(({ id }) => id)).toEqual([
      'connections',
      'name-resolution',
    ])
  })

  it.each([
    ['low', 97],
    ['medium', 90],
    ['high', 75],
    ['critical', 60],
  ] as const)('loses by a security finding of %s severity', (severity, score) => {
    expect(scoreOf({}, [security(severity)]).score).toBe(score)
    expect(scoreOf({}, [security(severity), security('low')]).score).toBe(score)
  })

  it('does not count attempts that a scan makes fail a second time', () => {
    const { parts, score } = scoreOf({ 'handshakes.refused': 900 }, [security('high', 'T1046')])
    expect(parts.find(({ id }) => id === 'connections')).toMatchObject({ missing: 'security', points: 0 })
    expect(score).toBe(75)
  })

  it('falls when servers begin their answers late, and not when the path did it', () => {
    const { score, parts } = scoreOf({ 'http.slowByServer': 500 })
    expect(score).toBeLessThan(95)
    expect(parts.filter(({ points }) => points > 0).map(({ id }) => id)).toEqual(['slow-servers'])
    const toldElsewhere = { ...security('info'), kind: 'http-slow-server', attack: [] }
    expect(scoreOf({ 'http.slowByServer': 500 }, [toldElsewhere]).score).toBe(100)
  })

  it('takes its weights from the settings', async () => {
    const client = { address: '192.0.2.1', port: 40_000 }
    const tcp = new TcpConversation(client, { address: '198.51.100.2', port: 443 })
    tcp.open(0, 1e9)
    const bytes = buildPcap(tcp.frames)
    const plain = (await analyze([bytes])).health
    expect(plain.score).toBeLessThan(100)
    const { health } = await analyze([bytes], { settings: { 'health-score': { latencyWeight: 0 } } })
    expect(health.score).toBe(100)
  })
})

describe('healthMetrics', () => {
  it('read facts that the sections of a report have', async () => {
    const { sections } = await analyze([buildPcap([])])
    const known = new Set(sections.flatMap(({ id, facts }) => facts.map(({ key }) => `${id}.${key}`)))
    const asked: string[] = []
    const listening = new SectionFacts(sections)
    listening.find = (path) => {
      asked.push(path)
      return 1
    }
    for (const metric of healthMetrics) {
      listening.sum(metric.samples)
      metric.measure(listening, 1)
    }
    expect(asked.filter((path) => !known.has(path))).toEqual([])
  })

  it('have curves that only rise, from 0 to 100', () => {
    for (const { curve, id } of healthMetrics) {
      expect(penaltyOf(curve, 0), id).toBe(0)
      expect(penaltyOf(curve, Number.POSITIVE_INFINITY), id).toBe(100)
      for (let i = 1; i < curve.length; i++) {
        expect(curve[i][0], id).toBeGreaterThan(curve[i - 1][0])
        expect(curve[i][1], id).toBeGreaterThan(curve[i - 1][1])
      }
    }
  })
})
