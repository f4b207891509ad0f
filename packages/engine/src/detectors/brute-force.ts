import type { Analyzer, AnalyzerContext, AnalyzerResult } from '../analyzer.ts'
import type { Flow } from '../flow/flow.ts'
import type { Packet } from '../packet.ts'
import type { HttpResponse, SshBanner } from '../protocols/messages.ts'
import type { Segment } from '../tcp/segment.ts'
import { EVENT_FIRST, EVENT_WATCHED } from '../tcp/told.ts'
import {
  addAttempt,
  attemptCount,
  type BruteForceState,
  FAILED,
  isKnown,
  mergeBruteForce,
  newBruteForceState,
  SUCCEEDED,
  type Subject,
} from './brute-force/attempts.ts'
import { concludeGuessing } from './brute-force/conclusions.ts'
import {
  hasReplies,
  mostReplies,
  REPLY_FAILED,
  REPLY_OTHER,
  readReply,
  replyService,
} from './brute-force/login-replies.ts'
import { OpenStreams } from './brute-force/open-streams.ts'
import { silentOutcome, silentService } from './brute-force/silent-services.ts'
import { concludeSpraying } from './brute-force/spraying.ts'
import { webAttempt } from './brute-force/web-logins.ts'
import type { DetectorDefinition } from './detector.ts'
import { type EndedFlow, endedFlow } from './support/ended-flow.ts'

/** Passwords being guessed: by the refusals of services that speak in clear, by short connections to those that do not. */
export const bruteForce: DetectorDefinition = {
  id: 'brute-force',
  title: 'Password guessing',
  description:
    'Series of failed logins: FTP, Telnet, mail, LDAP, SMB, databases and web pages by what the server answers; SSH, RDP, VNC and WinRM by short connections; and whether one got in. Few tries each at many targets are spraying.',
  attack: ['T1110.001', 'T1110.003'],
  lookAlikes: [
    'a job with many successful SSH sessions',
    'a host that manages many others over SSH',
    'monitors that read a banner, or greet once a minute',
    'challenges before every web login',
    'clients that connect to a database for every question',
  ],
  settings: {
    failures: {
      unit: 'count',
      default: 10,
      least: 3,
      most: 10_000,
      description: 'Failed logins of one source at one service within the window, from which it is guessing.',
    },
    window: {
      unit: 'ns',
      default: 600e9,
      least: 1e9,
      most: 86_400e9,
      description: 'Span of time in which failed logins are counted.',
    },
    failedShare: {
      unit: 'ratio',
      default: 0.8,
      least: 0,
      most: 1,
      description:
        'Least share of the logins that must have failed; challenges that precede every login stay below it.',
    },
    sprayedTargets: {
      unit: 'count',
      default: 10,
      least: 3,
      most: 10_000,
      description:
        'Targets at which one source fails a few times each, within six times the window, from which it sprays.',
    },
    sessionBytes: {
      unit: 'bytes',
      default: 5000,
      least: 100,
      most: 1_000_000,
      description: 'Payload from which a connection to SSH, RDP, VNC or WinRM is taken for a real session.',
    },
  },
  create: (context) => new BruteForce(context),
}

class BruteForce implements Analyzer<BruteForceState> {
  private readonly counts = newBruteForceState()
  private readonly open = new OpenStreams()
  private readonly context: AnalyzerContext
  private readonly sessionBytes: number
  readonly on = {
    remarkable: (segment: Segment, packet: Packet) => {
      if (segment.told.has(EVENT_FIRST)) this.watch(segment, packet)
      if (segment.told.has(EVENT_WATCHED) && packet.payloadEnd > packet.payloadStart && hasReplies(packet.sourcePort))
        this.reply(segment, packet)
    },
    httpResponse: (response: HttpResponse) => this.webResponse(response),
    sshBanner: (banner: SshBanner) => this.open.markSsh(banner.stream),
    flowEnd: (flow: Flow) => {
      if (flow.transport === 'tcp') this.flowEnd(flow)
    },
  }

  constructor(context: AnalyzerContext) {
    this.context = context
    this.sessionBytes = context.setting('sessionBytes')
  }

  state(): BruteForceState {
    return this.counts
  }

  merge(other: BruteForceState): void {
    mergeBruteForce(this.counts, other)
  }

  finish(): AnalyzerResult {
    const { context, counts } = this
    const thresholds = {
      failures: context.setting('failures'),
      windowNs: context.setting('window'),
      failedShare: context.setting('failedShare'),
    }
    const spraying = concludeSpraying(counts, { ...thresholds, targets: context.setting('sprayedTargets') })
    const conclusions = [...concludeGuessing(counts, thresholds), ...spraying]
    let attempts = 0
    for (const series of counts.series.values()) attempts += attemptCount(series) + series.beyond
    return {
      section: {
        id: bruteForce.id,
        title: bruteForce.title,
        view: null,
        facts: [
          { key: 'attempts', label: 'Logins seen or supposed', unit: 'count', value: attempts },
          { key: 'series', label: 'Sources and services', unit: 'count', value: counts.series.size },
          { key: 'guessing', label: 'Of these guessing', unit: 'count', value: conclusions.length },
          { key: 'seriesBeyond', label: 'Given up for room', unit: 'count', value: counts.dropped },
        ],
        tables: [],
      },
      conclusions,
    }
  }

  /** Asks for what servers that speak in clear send. */
  private watch({ connection, direction }: Segment, { sourcePort, destinationPort }: Packet): void {
    const { observations } = this.context
    if (hasReplies(sourcePort)) observations.watchData(connection, direction, mostReplies(sourcePort))
    if (hasReplies(destinationPort)) observations.watchData(connection, direction ^ 1, mostReplies(destinationPort))
  }

  private reply(segment: Segment, packet: Packet): void {
    const reply = readReply(packet.sourcePort, packet.data, packet.payloadStart, packet.payloadEnd)
    if (reply === REPLY_OTHER) return
    const outcome = reply === REPLY_FAILED ? FAILED : SUCCEEDED
    this.open.addReply(segment.stream, segment.relativeSequence, packet.timeNs, packet.number, outcome)
  }

  private webResponse(response: HttpResponse): void {
    const attempt = webAttempt(response)
    if (attempt === null) return
    this.open.addWeb(response.stream, attempt.path, response.timeNs, response.frame, attempt.outcome)
  }

  private flowEnd(flow: Flow): void {
    const heard = this.open.give(flow.number)
    const responderPort = flow.port(flow.initiator ^ 1)
    const silent = silentService(responderPort, heard?.isSsh ?? false)
    if (heard === null && silent === '') return
    const ended = endedFlow(flow)
    for (const { path, timeNs, frame, outcome } of heard?.attempts ?? []) {
      const service = path === '' ? replyService(responderPort) : 'HTTP'
      const who = subject(ended, service, path, true)
      // of the many answers of a web server only those matter that come after a refusal
      if (path !== '' && outcome === SUCCEEDED && !isKnown(this.counts, who)) continue
      addAttempt(this.counts, who, timeNs, frame, outcome)
    }
    if (silent === '') return
    const outcome = silentOutcome(ended, silent, this.sessionBytes)
    if (outcome === null) return
    addAttempt(this.counts, subject(ended, silent, '', false), ended.firstTimeNs, ended.firstFrame, outcome)
  }
}

function subject(flow: EndedFlow, service: string, resource: string, isTold: boolean): Subject {
  return { source: flow.initiator, target: flow.responder, port: flow.responderPort, service, resource, isTold }
}
