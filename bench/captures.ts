import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** The captures to measure on and the C baseline; null where they could not be made. */
export interface BenchData {
  readonly small: string | null
  readonly medium: string | null
  readonly manyFlows: string | null
  /** Ten times as long as `mediumHeaders`, with as many flows open at a time; both hold headers only. */
  readonly long: string | null
  readonly mediumHeaders: string | null
  readonly baseline: string | null
}

const LONG_BYTES = '10e9'
const NOTHING: BenchData = {
  small: null,
  medium: null,
  manyFlows: null,
  long: null,
  mediumHeaders: null,
  baseline: null,
}

/** Makes in `folder` what is not there yet: up to 2.5 GB, and 1.6 GB more for the long capture. */
export function prepareCaptures(folder: string, source: string, isSmall: boolean, wantsLong: boolean): BenchData {
  mkdirSync(folder, { recursive: true })
  if (existsSync(join(source, 'make-captures'))) {
    if (!existsSync(join(folder, isSmall ? 'S.pcap' : 'F.pcap')) || !existsSync(join(folder, 'cbase'))) {
      execFileSync(join(source, 'make-captures'), [folder, isSmall ? 's' : 'all'], { stdio: 'inherit' })
    }
  } else if (!existsSync(join(folder, 'S.pcap'))) {
    console.error(`\n*** NO GENERATOR at ${source} and no captures in ${folder}: give a capture with --file ***\n`)
    return NOTHING
  }
  const found = (name: string) => (existsSync(join(folder, name)) ? join(folder, name) : null)
  if (isSmall) return { ...NOTHING, small: found('S.pcap'), baseline: found('cbase') }
  if (wantsLong && found('L96.pcap') === null && found('gen') !== null) makeLong(folder)
  return {
    small: found('S.pcap'),
    medium: found('M.pcap'),
    manyFlows: found('F.pcap'),
    long: wantsLong ? found('L96.pcap') : null,
    mediumHeaders: found('M96.pcap'),
    baseline: found('cbase'),
  }
}

/** The same traffic as M at the same rate of new flows, so that as many are open at a time, for ten times as long. */
function makeLong(folder: string): void {
  const out = `${join(folder, 'L96.pcap')},usec,96`
  execFileSync(
    join(folder, 'gen'),
    ['--profile', 'mixed', '--seed', '2', '--bytes', LONG_BYTES, '--rate', '60', '--out', out],
    {
      stdio: 'ignore',
    },
  )
}
