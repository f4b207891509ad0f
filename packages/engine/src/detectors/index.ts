import { beacon } from './beacon.ts'
import { bruteForce } from './brute-force.ts'
import type { DetectorDefinition } from './detector.ts'
import { dnsTunnel } from './dns-tunnel.ts'
import { exfiltration } from './exfiltration.ts'
import { flood } from './flood.ts'
import { httpFlood } from './http-flood.ts'
import { icmpTunnel } from './icmp-tunnel.ts'
import { lateralMovement } from './lateral-movement.ts'
import { localSpoofing } from './local-spoofing.ts'
import { portScan } from './port-scan.ts'

/** Every security detector, in the order of the report's sections, after those of the analyzers. */
export const detectors: readonly DetectorDefinition[] = [
  portScan,
  bruteForce,
  flood,
  httpFlood,
  dnsTunnel,
  icmpTunnel,
  exfiltration,
  beacon,
  lateralMovement,
  localSpoofing,
]
