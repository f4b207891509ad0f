import type { Conclusion } from '../../finding.ts'
import { isInside } from '../support/address-scope.ts'
import { mostSevere, securityConclusion, severityOf } from '../support/security-conclusion.ts'
import { ECHO_KEY, isUdpKey, portText, type ScanState, type Source, type Target, techniques } from './scan-state.ts'

/** Thresholds, see the settings of the detector. */
export interface ScanThresholds {
  readonly ports: number
  readonly hosts: number
  readonly closedShare: number
}

/** Without a single «port unreachable», silence proves little for UDP: that many times more ports or hosts are needed. */
const SILENT_UDP_FACTOR = 4

/** What was tried in vain, and what came about. */
interface Tally {
  probed: number
  open: number
}

/** One conclusion a source: what it tried on single hosts and over many hosts are two views of one thing. */
export function concludeScans(
  state: ScanState,
  thresholds: ScanThresholds,
): { conclusions: Conclusion[]; scanners: number } {
  const found: Conclusion[] = []
  for (const [address, source] of state.sources) {
    const conclusion = concludeSource(address, source, thresholds)
    if (conclusion !== null) found.push(conclusion)
  }
  return { conclusions: mostSevere(found), scanners: found.length }
}

function concludeSource(address: string, source: Source, thresholds: ScanThresholds): Conclusion | null {
  const scanned = [...source.targets].filter(([, target]) => isScanned(target, thresholds))
  const swept = sweptPorts(source, thresholds)
  if (scanned.length === 0 && swept.length === 0) return null
  return conclude(address, source, scanned, swept, thresholds)
}

function conclude(
  address: string,
  source: Source,
  scanned: readonly (readonly [string, Target])[],
  swept: readonly (readonly [number, Tally])[],
  thresholds: ScanThresholds,
): Conclusion {
  const sweptKeys = new Set(swept.map(([key]) => key))
  const isSwept = (host: string, target: Target) =>
    !isReachedInside(host, target) && [...target.probed.keys()].some((key) => sweptKeys.has(key))
  const scannedTargets = new Set(scanned.map(([, target]) => target))
  const involved = [...source.targets]
    .filter(([host, target]) => scannedTargets.has(target) || isSwept(host, target))
    .map(([, target]) => target)
  const frames = involved.flatMap((target) =>
    [...target.probed].filter(([key]) => scannedTargets.has(target) || sweptKeys.has(key)).map(([, frame]) => frame),
  )
  for (const [key] of swept) frames.push(...(source.sweeps.get(key)?.frames.frames ?? []))
  const widest = scanned.toSorted((a, b) => portsOf(b[1]) - portsOf(a[1]) || (a[0] < b[0] ? -1 : 1))[0]
  const kind =
    scanned.length === 0 ? 'port-scan-horizontal' : swept.length === 0 ? 'port-scan-vertical' : 'port-scan-block'
  const ports = widest === undefined ? 0 : portsOf(widest[1])
  const hosts = Math.max(scanned.length, ...swept.map(([, { probed }]) => probed))
  const probed = sum(involved, (target) => [...target.probed.keys()].filter((key) => !target.open.has(key)).length)
  const open = sum(involved, (target) => target.open.size)
  const first = Math.min(...involved.map((target) => target.firstTimeNs), ...sweepTimes(source, swept, 'firstTimeNs'))
  const last = Math.max(...involved.map((target) => target.lastTimeNs), ...sweepTimes(source, swept, 'lastTimeNs'))
  const bySize = severityOf(Math.max(ports / thresholds.ports, hosts / thresholds.hosts), 1)
  const isEchoOnly = scanned.length === 0 && swept.every(([key]) => key === ECHO_KEY)
  const tried = { closed: probed, tried: probed + open }
  return securityConclusion({
    kind,
    subject: address,
    severity: bySize,
    confidence: bySize === 'medium' ? 'medium' : 'high',
    attack: [...(isEchoOnly ? ['T1018'] : ['T1046']), ...(isInside(address) ? [] : ['T1595.001'])],
    frames,
    values: {
      source: address,
      target: widest?.[0] ?? '',
      ports,
      hosts,
      port: swept
        .map(([key]) => portText(key))
        .slice(0, 5)
        .join(', '),
      open,
      closed: probed,
      refused: sum(involved, (target) => target.refused),
      technique: techniquesOf(involved),
      durationNs: last - first,
    },
    hypotheses: [
      { id: 'scan', accepted: true, values: tried },
      { id: 'ordinaryClient', accepted: false, values: { open, tried: probed + open } },
    ],
    needs: ['both-directions', 'connection-starts'],
  })
}

/** Ports tried, those beyond the ones told apart included; then it is a number of flows. */
function portsOf(target: Target): number {
  return target.probed.size + target.flowsBeyond
}

function isScanned(target: Target, { ports, closedShare }: ScanThresholds): boolean {
  const tcp = tally(target, false)
  const udp = tally(target, true)
  const isEnough = (of: Tally, least: number) => of.probed >= least && of.probed >= closedShare * (of.probed + of.open)
  return isEnough(tcp, ports) || isEnough(udp, target.refused > 0 ? ports : ports * SILENT_UDP_FACTOR)
}

function tally(target: Target, isUdp: boolean): Tally {
  let probed = 0
  let open = 0
  for (const key of target.probed.keys()) if (isUdpKey(key) === isUdp && !target.open.has(key)) probed++
  for (const key of target.open) if (isUdpKey(key) === isUdp) open++
  return { probed, open }
}

/** A host of one's own site that could be reached was not tried in vain: clients of Windows shares try two ports and keep one. */
function isReachedInside(address: string, target: Target): boolean {
  return target.open.size > 0 && isInside(address)
}

/** Ports that were tried on many hosts, most hosts first. */
function sweptPorts(source: Source, { hosts, closedShare }: ScanThresholds): [number, Tally][] {
  const tallies = new Map<number, Tally & { refused: number }>()
  const of = (key: number) => {
    let known = tallies.get(key)
    if (known === undefined) tallies.set(key, (known = { probed: 0, open: 0, refused: 0 }))
    return known
  }
  for (const [address, target] of source.targets) {
    for (const key of target.open) of(key).open++
    if (isReachedInside(address, target)) continue
    for (const key of target.probed.keys()) {
      of(key).probed++
      if (target.refused > 0) of(key).refused++
    }
  }
  for (const [key, sweep] of source.sweeps) {
    of(key).probed += sweep.probed
    of(key).open += sweep.open
  }
  return [...tallies]
    .filter(([key, { probed, open, refused }]) => {
      const least = isUdpKey(key) && refused === 0 ? hosts * SILENT_UDP_FACTOR : hosts
      return probed >= least && probed >= closedShare * (probed + open)
    })
    .sort((a, b) => b[1].probed - a[1].probed || a[0] - b[0])
}

function sweepTimes(
  source: Source,
  swept: readonly (readonly [number, Tally])[],
  name: 'firstTimeNs' | 'lastTimeNs',
): number[] {
  return swept.flatMap(([key]) => source.sweeps.get(key)?.[name] ?? [])
}

/** Names of the techniques seen, most used first. */
function techniquesOf(involved: readonly Target[]): string {
  return techniques
    .map((name, i) => ({ name, count: sum(involved, (target) => target.techniques[i]) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || techniques.indexOf(a.name) - techniques.indexOf(b.name))
    .map(({ name }) => name)
    .join(', ')
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}
