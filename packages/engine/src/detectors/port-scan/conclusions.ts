import type { Conclusion } from '../../finding.ts'
import { isInside } from '../support/address-scope.ts'
import { mostSevere, securityConclusion, severityOf } from '../support/security-conclusion.ts'
import { ECHO_KEY, isUdpKey, OpenPorts, portText } from './scan-state.ts'
import { probesOf, type ScanState, type Source, targetsOf } from './source.ts'
import { probedPorts, type Target, techniqueCounts, techniques } from './target.ts'

/** Thresholds, see the settings of the detector. */
export interface ScanThresholds {
  readonly ports: number
  readonly hosts: number
  readonly closedShare: number
}

/** Without a single «port unreachable», silence proves little for UDP: that many times more ports or hosts are needed. */
const SILENT_UDP_FACTOR = 4

/** A target, and the ports where connections came about. */
interface Host {
  readonly address: string
  readonly target: Target
  /** Port -> first frame. */
  readonly probed: ReadonlyMap<number, number>
  readonly open: ReadonlySet<number>
}

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
  const least = Math.min(thresholds.ports, thresholds.hosts)
  for (const [address, source] of state.sources) {
    if (probesOf(source) < least) continue
    const conclusion = concludeSource(address, source, new OpenPorts(state, address), thresholds)
    if (conclusion !== null) found.push(conclusion)
  }
  return { conclusions: mostSevere(found), scanners: found.length }
}

function concludeSource(
  address: string,
  source: Source,
  open: OpenPorts,
  thresholds: ScanThresholds,
): Conclusion | null {
  const hosts = Array.from(targetsOf(source), (target): Host => {
    const { address: host } = target
    return { address: host, target, probed: probedPorts(target), open: open.of(host) }
  })
  const scanned = hosts.filter((host) => isScanned(host, thresholds))
  const swept = sweptPorts(source, hosts, open, thresholds)
  return scanned.length === 0 && swept.length === 0
    ? null
    : conclude(address, source, hosts, scanned, swept, thresholds)
}

function conclude(
  address: string,
  source: Source,
  all: readonly Host[],
  scanned: readonly Host[],
  swept: readonly (readonly [number, Tally])[],
  thresholds: ScanThresholds,
): Conclusion {
  const sweptKeys = new Set(swept.map(([key]) => key))
  const isSwept = (host: Host) => !isReachedInside(host) && [...host.probed.keys()].some((key) => sweptKeys.has(key))
  const wholly = new Set(scanned)
  const involved = all.filter((host) => wholly.has(host) || isSwept(host))
  const targets = involved.map(({ target }) => target)
  const frames = involved.flatMap((host) =>
    [...host.probed].filter(([key]) => wholly.has(host) || sweptKeys.has(key)).map(([, frame]) => frame),
  )
  for (const [key] of swept) frames.push(...(source.sweeps?.get(key)?.frames.frames ?? []))
  const widest = scanned.toSorted((a, b) => portsOf(b) - portsOf(a) || (a.address < b.address ? -1 : 1))[0]
  const kind =
    scanned.length === 0 ? 'port-scan-horizontal' : swept.length === 0 ? 'port-scan-vertical' : 'port-scan-block'
  const ports = widest === undefined ? 0 : portsOf(widest)
  const hosts = Math.max(scanned.length, ...swept.map(([, { probed }]) => probed))
  const probed = sum(involved, (host) => closedPorts(host).length)
  const open = sum(involved, (host) => host.open.size)
  const first = Math.min(...targets.map((target) => target.firstTimeNs), ...sweepTimes(source, swept, 'firstTimeNs'))
  const last = Math.max(...targets.map((target) => target.lastTimeNs), ...sweepTimes(source, swept, 'lastTimeNs'))
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
      target: widest?.address ?? '',
      ports,
      hosts,
      port: swept
        .map(([key]) => portText(key))
        .slice(0, 5)
        .join(', '),
      open,
      closed: probed,
      refused: sum(targets, (target) => target.refused),
      technique: techniquesOf(targets),
      durationNs: last - first,
    },
    hypotheses: [
      { id: isEchoOnly ? 'sweep' : 'scan', accepted: true, values: tried },
      { id: isEchoOnly ? 'knownHosts' : 'ordinaryClient', accepted: false, values: { open, tried: probed + open } },
    ],
    needs: ['both-directions', 'connection-starts'],
  })
}

/** Ports that were tried and where no connection came about. */
function closedPorts({ probed, open }: Host): number[] {
  return [...probed.keys()].filter((key) => !open.has(key))
}

/** Ports tried, those beyond the ones told apart included; then it is a number of flows. */
function portsOf({ target, probed }: Host): number {
  return probed.size + target.flowsBeyond
}

function isScanned(host: Host, { ports, closedShare }: ScanThresholds): boolean {
  const isEnough = (of: Tally, least: number) => of.probed >= least && of.probed >= closedShare * (of.probed + of.open)
  const leastUdp = host.target.refused > 0 ? ports : ports * SILENT_UDP_FACTOR
  return isEnough(tally(host, false), ports) || isEnough(tally(host, true), leastUdp)
}

function tally(host: Host, isUdp: boolean): Tally {
  const count = (keys: Iterable<number>) => {
    let sum = 0
    for (const key of keys) if (isUdpKey(key) === isUdp) sum++
    return sum
  }
  return { probed: count(closedPorts(host)), open: count(host.open) }
}

/** Ports that were tried on many hosts, most hosts first. */
function sweptPorts(
  source: Source,
  all: readonly Host[],
  opened: OpenPorts,
  { hosts, closedShare }: ScanThresholds,
): [number, Tally][] {
  const tallies = new Map<number, Tally & { refused: number }>()
  const of = (key: number) => {
    let known = tallies.get(key)
    if (known === undefined) tallies.set(key, (known = { probed: 0, open: 0, refused: 0 }))
    return known
  }
  for (const host of all) {
    if (isReachedInside(host)) continue
    for (const key of closedPorts(host)) {
      of(key).probed++
      if (host.target.refused > 0) of(key).refused++
    }
  }
  for (const [key, sweep] of source.sweeps ?? []) of(key).probed += sweep.probed
  const candidates = [...tallies].filter(([, { probed }]) => probed >= hosts)
  for (const [key, one] of candidates) one.open = opened.count(key)
  return candidates
    .filter(([key, { probed, open, refused }]) => {
      const least = isUdpKey(key) && refused === 0 ? hosts * SILENT_UDP_FACTOR : hosts
      return probed >= least && probed >= closedShare * (probed + open)
    })
    .sort((a, b) => b[1].probed - a[1].probed || a[0] - b[0])
}

/** A host of one's own site that could be reached was not tried in vain: clients of Windows shares try two ports and keep one. */
function isReachedInside({ address, open }: Host): boolean {
  return open.size > 0 && isInside(address)
}

function sweepTimes(
  source: Source,
  swept: readonly (readonly [number, Tally])[],
  name: 'firstTimeNs' | 'lastTimeNs',
): number[] {
  return swept.flatMap(([key]) => source.sweeps?.get(key)?.[name] ?? [])
}

/** Names of the techniques seen, most used first. */
function techniquesOf(involved: readonly Target[]): string {
  const counts = involved.map(techniqueCounts)
  return techniques
    .map((name, i) => ({ name, count: sum(counts, (count) => count[i]) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || techniques.indexOf(a.name) - techniques.indexOf(b.name))
    .map(({ name }) => name)
    .join(', ')
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0)
}
