import type { Stage } from './stage.ts'

/** Version of IP that a capture is made with. */
export type IpVersion = 4 | 6

/** A finding that the story must lead to. */
export interface ExpectedFinding {
  readonly kind: string
  /** Texts that its key or its sentence contains: hosts, ports, names. */
  readonly subject: readonly string[]
  /** Frames that are among its evidence; all of them, as far as they are known. */
  readonly evidence: readonly number[]
}

/** What a story says about its findings; labels are those of the recorded frames, all of which a frame must have. */
export interface Expectation {
  readonly kind: string
  readonly subject?: readonly string[]
  readonly evidence?: readonly string[]
}

/** What a story leads to. */
export interface Ending {
  readonly expected: readonly Expectation[]
  /** Kinds that say the same in another way, and may be there or not. */
  readonly allowed?: readonly string[]
  /** Checks of the capture's quality that must fail; no others may. */
  readonly failingChecks?: readonly string[]
}

/** A capture with a known story. */
export interface Scenario {
  /** Kebab-case. */
  readonly name: string
  /** What happened, in one sentence. */
  readonly story: string
  /** Versions of IP that it can be told with; both when left out. */
  readonly ipVersions?: readonly IpVersion[]
  /** Sets the stage and says what must be found; what was scheduled then happens. */
  readonly play: (stage: Stage) => Ending
}
