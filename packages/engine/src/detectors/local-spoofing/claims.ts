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

/** Who claims which IPv4 address. Exact and independent of the order within the bounds. */
export interface Claims {
  /** Address -> hardware address -> claim. */
  readonly claimants: Map<string, Map<string, Claim>>
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
  for (const [address, claimants] of from.claimants) {
    for (const [mac, claim] of claimants) mergeClaim(into, address, mac, claim)
  }
  for (const [address, count] of from.asked) addRequest(into, address, count)
}

function mergeClaim(claims: Claims, address: string, mac: string, from: Claim): void {
  let claimants = claims.claimants.get(address)
  if (claimants === undefined) {
    if (claims.claimants.size >= MOST_ADDRESSES) return
    claims.claimants.set(address, (claimants = new Map()))
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
  /** Replies beyond the requests there were for the address; who answers for others on their behalf sends none. */
  readonly unasked: number
  /** The owner spoke up after the other had begun: it is still there. */
  readonly isContested: boolean
}

/** Takeovers by the hardware address that does them, of at least `replies` replies each that nobody asked for. */
export function takeovers(claims: Claims, replies: number): Map<string, Takeover[]> {
  const found = new Map<string, Takeover[]>()
  for (const [address, claimants] of claims.claimants) {
    const ordered = [...claimants].sort((a, b) => a[1].firstFrame - b[1].firstFrame)
    const [owner, owned] = ordered[0]
    for (const [mac, claim] of ordered.slice(1)) {
      const unasked = claim.replies - (claims.asked.get(address) ?? 0)
      if (unasked < replies) continue
      const takeover = { address, owner, claim, unasked, isContested: owned.lastFrame > claim.firstFrame }
      const known = found.get(mac)
      if (known === undefined) found.set(mac, [takeover])
      else known.push(takeover)
    }
  }
  return found
}
