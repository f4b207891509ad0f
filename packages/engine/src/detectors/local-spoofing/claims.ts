import { withNumber } from '../../analyzers/support/short-list.ts'

const MOST_ADDRESSES = 1 << 12
const MOST_CLAIMANTS = 8
const MOST_FRAMES = 200

/** What one hardware address said of an IPv4 address being its own. */
export interface Claim {
  readonly mac: string
  messages: number
  /** Of these replies: a host that takes an address over announces it a few times, a spoofer answers without end. */
  replies: number
  firstFrame: number
  lastFrame: number
  /** The smallest. */
  frames: number[]
}

/** Who claims which IPv4 address. Exact and independent of the order within the bounds. */
export interface Claims {
  /** Address -> claims, one for each hardware address. */
  readonly claimants: Map<string, Claim[]>
  /** Address -> requests for it. */
  readonly asked: Map<string, number>
}

export function newClaims(): Claims {
  return { claimants: new Map(), asked: new Map() }
}

export function addRequest({ asked }: Claims, address: string, count = 1): void {
  const known = asked.get(address)
  if (known !== undefined || asked.size < MOST_ADDRESSES) asked.set(address, (known ?? 0) + count)
}

export function addClaim(claims: Claims, address: string, mac: string, isReply: boolean, frame: number): void {
  const claim = claimOf(claims, address, mac)
  if (claim === null) return
  claim.messages++
  if (isReply) claim.replies++
  claim.firstFrame = Math.min(claim.firstFrame, frame)
  claim.lastFrame = Math.max(claim.lastFrame, frame)
  claim.frames = withNumber(claim.frames, frame)
  keepFirstFrames(claim)
}

/** Commutative and associative within the bounds. */
export function mergeClaims(into: Claims, from: Claims): void {
  for (const [address, claimants] of from.claimants) {
    for (const claim of claimants) mergeClaim(into, address, claim)
  }
  for (const [address, count] of from.asked) addRequest(into, address, count)
}

function mergeClaim(claims: Claims, address: string, from: Claim): void {
  const into = claimOf(claims, address, from.mac)
  if (into === null) return
  into.messages += from.messages
  into.replies += from.replies
  into.firstFrame = Math.min(into.firstFrame, from.firstFrame)
  into.lastFrame = Math.max(into.lastFrame, from.lastFrame)
  into.frames.push(...from.frames)
  keepFirstFrames(into)
}

/** The claim of a hardware address to an address; null when there is no room. */
function claimOf({ claimants: byAddress }: Claims, address: string, mac: string): Claim | null {
  let claimants = byAddress.get(address)
  if (claimants === undefined) {
    if (byAddress.size >= MOST_ADDRESSES) return null
    byAddress.set(address, (claimants = []))
  }
  for (const claim of claimants) if (claim.mac === mac) return claim
  if (claimants.length >= MOST_CLAIMANTS) return null
  const claim = { mac, messages: 0, replies: 0, firstFrame: Number.POSITIVE_INFINITY, lastFrame: 0, frames: [] }
  claimants.push(claim)
  return claim
}

function keepFirstFrames({ frames }: Claim): void {
  if (frames.length < 2 * MOST_FRAMES) return
  frames.sort((a, b) => a - b)
  frames.length = MOST_FRAMES
}

/** An address that somebody other than its first owner claims. */
export interface Takeover {
  readonly address: string
  readonly owner: string
  readonly claim: Claim
  /** Replies beyond the requests there were for the address; who answers for others on their behalf sends none. */
  readonly unasked: number
  /** The owner spoke up after the other had begun: it is still there. */
  readonly isContested: boolean
}

function firstOf(claimants: readonly Claim[]): Claim {
  return claimants.reduce((first, claim) => (claim.firstFrame < first.firstFrame ? claim : first))
}

/** Takeovers by the hardware address that does them, of at least `replies` replies each that nobody asked for. */
export function takeovers(claims: Claims, replies: number): Map<string, Takeover[]> {
  const found = new Map<string, Takeover[]>()
  for (const [address, claimants] of claims.claimants) {
    for (const claim of claimants) {
      if (claim.replies < replies) continue
      const unasked = claim.replies - (claims.asked.get(address) ?? 0)
      const owned = firstOf(claimants)
      if (unasked < replies || claim === owned) continue
      const { mac } = claim
      const takeover = { address, owner: owned.mac, claim, unasked, isContested: owned.lastFrame > claim.firstFrame }
      const known = found.get(mac)
      if (known === undefined) found.set(mac, [takeover])
      else known.push(takeover)
    }
  }
  return found
}
