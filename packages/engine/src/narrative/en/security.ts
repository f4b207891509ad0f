import type { Catalogue } from '../words.ts'
import { beaconWords } from './beacon.ts'
import { bruteForceWords } from './brute-force.ts'
import { dnsTunnelWords } from './dns-tunnel.ts'
import { floodWords } from './flood.ts'
import { portScanWords } from './port-scan.ts'

/** Words of the security detectors. */
export const securityWords: Catalogue = {
  ...portScanWords,
  ...bruteForceWords,
  ...floodWords,
  ...beaconWords,
  ...dnsTunnelWords,
}
