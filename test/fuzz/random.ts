/** Pseudo-random numbers from a seed (xorshift128, Marsaglia 2003): the same seed gives the same numbers on every machine. */
export class Random {
  private readonly state = new Uint32Array(4)

  /** `stream` tells apart independent sequences of one seed, so that the nth input can be made without those before it. */
  constructor(seed: number, stream = 0) {
    this.state.set([seed, seed ^ 0x9e3779b9, stream, stream ^ 0x85ebca6b])
    for (let i = 0; i < 16; i++) this.next()
    this.state[0] ^= 0x2545f491
    for (let i = 0; i < 16; i++) this.next()
  }

  /** 0 … 2^32 - 1. */
  next(): number {
    const { state } = this
    let t = state[0] ^ (state[0] << 11)
    t ^= t >>> 8
    state[0] = state[1]
    state[1] = state[2]
    state[2] = state[3]
    state[3] = state[3] ^ (state[3] >>> 19) ^ t
    return state[3]
  }

  /** 0 … limit - 1; 0 when the limit is 0. */
  below(limit: number): number {
    return limit <= 0 ? 0 : this.next() % limit
  }

  chance(probability: number): boolean {
    return this.next() < probability * 0x1_0000_0000
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)]
  }
}
