const MOST_TRANSACTIONS = 1 << 12

/** One server's answer to a request for a lease. */
export interface Answer {
  readonly server: string
  readonly address: string
  readonly frame: number
}

/** Transaction -> server -> its first answer. Exact and independent of the order within the bounds. */
export type Leases = Map<number, Map<string, Answer>>

export function addAnswer(leases: Leases, transaction: number, answer: Answer): void {
  let answers = leases.get(transaction)
  if (answers === undefined) {
    if (leases.size >= MOST_TRANSACTIONS) return
    leases.set(transaction, (answers = new Map()))
  }
  const known = answers.get(answer.server)
  if (known === undefined || answer.frame < known.frame) answers.set(answer.server, answer)
}

/** Commutative and associative within the bounds. */
export function mergeLeases(into: Leases, from: Leases): void {
  for (const [transaction, answers] of from) for (const answer of answers.values()) addAnswer(into, transaction, answer)
}

/** Two servers that answer the same requests with addresses of different networks, as a pair that shares its pools never does. */
export interface Rivalry {
  readonly servers: readonly [string, string]
  readonly addresses: readonly [string, string]
  readonly frames: number[]
  requests: number
}

export function rivalries(leases: Leases): Rivalry[] {
  const found = new Map<string, Rivalry>()
  for (const answers of leases.values()) {
    const ordered = [...answers.values()].sort((a, b) => (a.server < b.server ? -1 : 1))
    for (const [i, one] of ordered.entries()) {
      for (const other of ordered.slice(i + 1)) {
        if (networkOf(one.address) === networkOf(other.address)) continue
        const key = `${one.server} ${other.server}`
        let rivalry = found.get(key)
        if (rivalry === undefined) {
          rivalry = {
            servers: [one.server, other.server],
            addresses: [one.address, other.address],
            frames: [],
            requests: 0,
          }
          found.set(key, rivalry)
        }
        rivalry.requests++
        rivalry.frames.push(one.frame, other.frame)
      }
    }
  }
  return [...found.values()]
}

function networkOf(address: string): string {
  return address.slice(0, address.lastIndexOf('.'))
}
