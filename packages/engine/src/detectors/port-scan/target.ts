/** Ways to probe, as indices of the counts of {@link techniqueCounts}. */
export const techniques = ['SYN', 'connect', 'FIN', 'NULL', 'Xmas', 'ACK', 'UDP', 'ICMP echo'] as const
export type Technique = (typeof techniques)[number]

/** Ports told apart of one target; the flows to others are counted. */
const MOST_PORTS = 1024
/** More than there are keys of ports. */
export const KEYS = 1 << 18

/** What one source tried in vain on one address. Most targets are tried once, so nothing is a list before there are two of it. */
export interface Target {
  address: string
  /** Ports that did not answer, refused, or were only touched -> first frame; as `frame * KEYS + key` while there is but one, 0 without. */
  probed: Map<number, number> | number
  /** Flows to ports that did not fit any more. */
  flowsBeyond: number
  /** Flows by technique; as `count * 8 + technique` while there is but one. */
  techniques: number[] | number
  refused: number
  firstTimeNs: number
  lastTimeNs: number
}

/** A target of which nothing is known; in the place of one that was given up, if there is a spare one. */
export function newTarget(address: string, spare: Target | undefined): Target {
  const target = spare ?? {
    address,
    probed: 0,
    flowsBeyond: 0,
    techniques: 0,
    refused: 0,
    firstTimeNs: Number.POSITIVE_INFINITY,
    lastTimeNs: Number.NEGATIVE_INFINITY,
  }
  target.address = address
  target.probed = 0
  target.flowsBeyond = 0
  target.techniques = 0
  target.refused = 0
  target.firstTimeNs = Number.POSITIVE_INFINITY
  target.lastTimeNs = Number.NEGATIVE_INFINITY
  return target
}

/** Ports told apart. */
export function portCount({ probed }: Target): number {
  return typeof probed === 'number' ? Math.sign(probed) : probed.size
}

/** Port -> first frame. */
export function probedPorts({ probed }: Target): ReadonlyMap<number, number> {
  if (typeof probed !== 'number') return probed
  return probed === 0 ? NONE : new Map([[probed % KEYS, Math.floor(probed / KEYS)]])
}

const NONE: ReadonlyMap<number, number> = new Map()

/** Adds a flow to a port; true when the port was not known. */
export function addPort(target: Target, key: number, frame: number): boolean {
  const { probed } = target
  if (probed === 0) {
    target.probed = frame * KEYS + key
    return true
  }
  if (typeof probed === 'number') {
    if (probed % KEYS === key) {
      target.probed = Math.min(probed, frame * KEYS + key)
      return false
    }
    target.probed = new Map(probedPorts(target)).set(key, frame)
    return true
  }
  const known = probed.get(key)
  if (known === undefined && probed.size >= MOST_PORTS) {
    target.flowsBeyond++
    return false
  }
  probed.set(key, known === undefined ? frame : Math.min(known, frame))
  return known === undefined
}

/** Flows by technique. */
export function techniqueCounts({ techniques: counts }: Target): readonly number[] {
  if (typeof counts !== 'number') return counts
  const list = techniques.map(() => 0)
  if (counts > 0) list[counts % techniques.length] = Math.floor(counts / techniques.length)
  return list
}

export function addTechnique(target: Target, technique: number, count = 1): void {
  const { techniques: counts } = target
  if (counts === 0) target.techniques = count * techniques.length + technique
  else if (typeof counts === 'number' && counts % techniques.length === technique)
    target.techniques = counts + count * techniques.length
  else {
    const list = [...techniqueCounts(target)]
    list[technique] += count
    target.techniques = list
  }
}
