const MOST_ADDRESSES = 1 << 12
const MOST_CLAIMANTS = 8
const MOST_FRAMES = 200

/** What one hardware address said of an IPv4 address being its own. */
export interface Claim {
  messages: number
  /** Of these replies: a host that takes an address over announces it a few times, a spoofer answers without end. */
  replies: number
  firstFrame: number
  lastFrame: number
  /** The smallest. */
  frames: number[]
}

/** IPv4 address -> hardware address -> claim. Exact and independent of the order within the bounds. */
export type Claims = Map<string, Map<string, Claim>>

export function addClaim(claims: Claims, address: string, mac: string, isReply: boolean, frame: number): void {
  mergeClaim(claims, address, mac, {
    messages: 1,
    replies: isReply ? 1 : 0,
    firstFrame: frame,
    lastFrame: frame,
    frames: [frame],
  })
}

/** Commutative and associative within the bounds. */
export function mergeClaims(into: Claims, from: Claims): void {
  for (const [address, claimants] of from) for (const [mac, claim] of claimants) mergeClaim(into, address, mac, claim)
}

function mergeClaim(claims: Claims, address: string, mac: string, from: Claim): void {
  let claimants = claims.get(address)
  if (claimants === undefined) {
    if (claims.size >= MOST_ADDRESSES) return
    claims.set(address, (claimants = new Map()))
  }
  const into = claimants.get(mac)
  if (into === undefined) {
    if (claimants.size < MOST_CLAIMANTS) claimants.set(mac, from)
    return
  }
  into.messages += from.messages
  into.replies += from.replies
  into.firstFrame = Math.min(into.firstFrame, from.firstFrame)
  into.lastFrame = Math.max(into.lastFrame, from.lastFrame)
  into.frames.push(...from.frames)
  if (into.frames.length < 2 * MOST_FRAMES) return
  into.frames.sort((a, b) => a - b)
  into.frames.length = MOST_FRAMES
}

/** An address that somebody other than its first owner claims. */
export interface Takeover {
  readonly address: string
  readonly owner: string
  readonly claim: Claim
  /** The owner spoke up after the other had begun: it is still there. */
  readonly isContested: boolean
}

/** Takeovers by the hardware address that does them, of at least `replies` replies each. */
export function takeovers(claims: Claims, replies: number): Map<string, Takeover[]> {
  const found = new Map<string, Takeover[]>()
  for (const [address, claimants] of claims) {
    const ordered = [...claimants].sort((a, b) => a[1].firstFrame - b[1].firstFrame)
    const [owner, owned] = ordered[0]
    for (const [mac, claim] of ordered.slice(1)) {
      if (claim.replies < replies) continue
      const takeover = { address, owner, claim, isContested: owned.lastFrame > claim.firstFrame }
      const known = found.get(mac)
      if (known === undefined) found.set(mac, [takeover])
      else known.push(takeover)
    }
  }
  return found
}
