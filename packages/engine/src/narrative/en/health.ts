import type { HealthWords } from '../health-words.ts'
import { count, duration, percent } from './format.ts'

export const healthWords: HealthWords = {
  grades: { excellent: 'excellent', good: 'good', fair: 'fair', poor: 'poor', bad: 'bad', failing: 'failing' },
  score: (score, grade) => `${score} of 100: ${grade}`,
  unknown: 'no score: the capture holds nothing to measure',
  metrics: {
    loss: 'segments with data and RTP packets lost',
    latency: 'median round-trip time of handshakes',
    connections: 'connection attempts failed',
    'name-resolution': 'DNS queries failed',
    'slow-servers': 'HTTP responses that the server began late',
    jitter: 'median change of transit of RTP packets',
    'closed-windows': 'time of the capture with a receive window closed',
    reordering: 'segments with data reordered',
  },
  known: (metric, { unit, value, samples, penalty, weight, points }) => {
    const measured = unit === 'ns' ? duration(value ?? 0) : percent(value ?? 0, 1)
    const from = `${measured} in ${count(samples, 'sample')}`
    return `${metric}: ${from}, penalty ${penalty} of 100, weight ${weight}, takes ${points} points`
  },
  missing: (metric, { samples, missing }, reasons) => {
    const why = {
      'too-few-samples': `only ${count(samples, 'sample')}`,
      quality: reasons.join('; '),
      security: 'a scan or a flood makes attempts fail on purpose',
    }[missing ?? 'too-few-samples']
    return `${metric}: not counted (${why})`
  },
  security: ({ findings, worst, points }) =>
    worst === null
      ? 'security: no finding'
      : `security: ${count(findings, 'finding')}, the worst of ${worst} severity, takes ${points} points`,
  phenomena: {
    loss: (of) => `no lost or repeated segment in ${count(of, 'segment')} with data`,
    'failed-connections': (of) => `no SYN repeated, refused or without answer in ${count(of, 'connection attempt')}`,
    'closed-windows': (of) => `no closed receive window in ${count(of, 'segment')}`,
    resets: (of) => `no RST in ${count(of, 'connection')}`,
    'dns-trouble': (of) => `no slow, failed or unanswered query in ${count(of, 'DNS query', 'DNS queries')}`,
    'http-trouble': (of) => `no slow answer and no server error in ${count(of, 'HTTP response')}`,
    'tls-alerts': (of) => `no fatal TLS alert in clear after ${count(of, 'client hello')}`,
  },
  notSeen: (phenomenon, visible) => `${phenomenon}; ${visible}`,
  visible: 'would have been visible: yes',
  invisible: (reasons) => `would have been visible: not surely, because ${reasons.join('; ')}`,
}
