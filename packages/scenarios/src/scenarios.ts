import type { Scenario } from './scenario.ts'
import { asymmetricRoute, clockStepBack, clockStepForward, mirroredDuplicates } from './stories/capture-faults.ts'
import { busyDnsServer, dnsFailures, dnsUnanswered, searchPaths, slowDns } from './stories/dns.ts'
import { busyWebServer, httpFlood, icmpFlood, synFlood, udpFlood } from './stories/floods.ts'
import { serverErrors, slowClient, slowResponses, slowServer } from './stories/http.ts'
import { bulkTransfer, ciJob, fleetManagement, kubernetesProbes, polling, webBrowsing } from './stories/innocent.ts'
import {
  beacon,
  dnsTunnel,
  exfiltration,
  lateralMovement,
  passwordSpraying,
  sshGuessed,
  sshGuessing,
} from './stories/intrusion.ts'
import { arpSpoofing, rogueDhcp } from './stories/local-network.ts'
import { goodCall, lostFragment, troubledCall } from './stories/media.ts'
import { bufferbloat, mtuBlackHole, mtuTold, nagleDelayedAck } from './stories/path.ts'
import { finScan, horizontalScan, nullScan, udpScan, verticalScan, xmasScan } from './stories/scans.ts'
import { idleTimeout, portReuse, resetAfterClose, resetDuringRequest } from './stories/tcp-ends.ts'
import { burstLoss, lossAfterCapture, lossBeforeCapture, reordering, tailLoss } from './stories/tcp-loss.ts'
import { filteredPort, halfOpen, lateServer, refusedPort, slowAccept } from './stories/tcp-open.ts'
import { satelliteWindow, slowReader, zeroWindow } from './stories/tcp-windows.ts'
import { endingCertificate, expiredCertificate, tlsAlert } from './stories/tls.ts'

/** All scenarios, in the order of the list. */
export const scenarios: readonly Scenario[] = [
  lossBeforeCapture,
  lossAfterCapture,
  burstLoss,
  tailLoss,
  reordering,
  nagleDelayedAck,
  bufferbloat,
  mtuBlackHole,
  mtuTold,
  zeroWindow,
  slowReader,
  satelliteWindow,
  refusedPort,
  filteredPort,
  lateServer,
  halfOpen,
  slowAccept,
  resetDuringRequest,
  resetAfterClose,
  idleTimeout,
  portReuse,
  slowServer,
  slowResponses,
  serverErrors,
  slowClient,
  tlsAlert,
  expiredCertificate,
  endingCertificate,
  slowDns,
  dnsUnanswered,
  dnsFailures,
  searchPaths,
  busyDnsServer,
  mirroredDuplicates,
  clockStepBack,
  clockStepForward,
  asymmetricRoute,
  lostFragment,
  troubledCall,
  synFlood,
  udpFlood,
  icmpFlood,
  httpFlood,
  horizontalScan,
  verticalScan,
  finScan,
  nullScan,
  xmasScan,
  udpScan,
  sshGuessing,
  sshGuessed,
  passwordSpraying,
  beacon,
  dnsTunnel,
  exfiltration,
  lateralMovement,
  arpSpoofing,
  rogueDhcp,
  webBrowsing,
  bulkTransfer,
  goodCall,
  kubernetesProbes,
  polling,
  ciJob,
  fleetManagement,
  busyWebServer,
]
