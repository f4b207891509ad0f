import type { Catalogue } from '../words.ts'
import { beaconWords } from './beacon.ts'
import { bruteForceWords } from './brute-force.ts'
import { dnsTunnelWords } from './dns-tunnel.ts'
import { exfiltrationWords } from './exfiltration.ts'
import { floodWords } from './flood.ts'
import { httpFloodWords } from './http-flood.ts'
import { icmpTunnelWords } from './icmp-tunnel.ts'
import { lateralMovementWords } from './lateral-movement.ts'
import { localSpoofingWords } from './local-spoofing.ts'
import { portScanWords } from './port-scan.ts'

/** Words of the security detectors. */
export const securityWords: Catalogue = {
  ...portScanWords,
  ...bruteForceWords,
  ...floodWords,
  ...httpFloodWords,
  ...beaconWords,
  ...dnsTunnelWords,
  ...icmpTunnelWords,
  ...exfiltrationWords,
  ...lateralMovementWords,
  ...localSpoofingWords,
}
