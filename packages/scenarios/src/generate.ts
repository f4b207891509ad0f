import type { CompleteRecording } from './network/recording.ts'
import type { Expectation, ExpectedFinding, IpVersion, Scenario } from './scenario.ts'
import { Stage } from './stage.ts'

export interface GenerateOptions {
  /** Where chance begins; 1 when left out. The same seed gives the same bytes. */
  readonly seed?: number
  /** 4 when left out, or what the scenario allows. */
  readonly ipVersion?: IpVersion
}

/** What must be found in a generated capture, and what not. */
export interface ExpectedFindings {
  readonly format: 'pcap-analyzer-expected/1'
  readonly scenario: string
  readonly seed: number
  readonly ipVersion: IpVersion
  readonly story: string
  readonly findings: readonly ExpectedFinding[]
  /** Kinds that may be there beside them. */
  readonly allowed: readonly string[]
  /** Checks of the capture's quality that fail; all others do not. */
  readonly failingChecks: readonly string[]
  /** All other findings of this severity or above are wrong. */
  readonly forbiddenFrom: 'medium'
}

export interface GeneratedCapture {
  /** A classic pcap in microseconds. */
  readonly pcap: Uint8Array<ArrayBuffer>
  readonly expected: ExpectedFindings
}

/** Tells a story, and what must be found in it. */
export function generate(scenario: Scenario, options: GenerateOptions = {}): GeneratedCapture {
  const { seed = 1, ipVersion = ipVersionsOf(scenario)[0] } = options
  const stage = new Stage(seed, ipVersion)
  const { expected, allowed = [], failingChecks = [] } = scenario.play(stage)
  stage.simulation.run()
  const recording = stage.recording.complete()
  return {
    pcap: recording.toPcap(),
    expected: {
      format: 'pcap-analyzer-expected/1',
      scenario: scenario.name,
      seed,
      ipVersion,
      story: scenario.story,
      findings: expected.map((expectation) => withFrames(expectation, recording)),
      allowed,
      failingChecks,
      forbiddenFrom: 'medium',
    },
  }
}

/** Versions of IP that a scenario can be told with. */
export function ipVersionsOf({ ipVersions = [4, 6] }: Scenario): readonly IpVersion[] {
  return ipVersions
}

function withFrames({ kind, subject = [], evidence }: Expectation, recording: CompleteRecording): ExpectedFinding {
  return { kind, subject, evidence: evidence === undefined ? [] : recording.numbers(...evidence) }
}
