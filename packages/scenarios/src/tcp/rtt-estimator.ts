/** Retransmission timer of RFC 6298, with the least value that systems use. */
export class RttEstimator {
  readonly #leastNs: number
  #smoothedNs = 0
  #variationNs = 0
  #backOff = 1

  constructor(leastNs: number) {
    this.#leastNs = leastNs
  }

  sample(rttNs: number): void {
    if (this.#smoothedNs === 0) {
      this.#smoothedNs = rttNs
      this.#variationNs = rttNs / 2
    } else {
      this.#variationNs = 0.75 * this.#variationNs + 0.25 * Math.abs(this.#smoothedNs - rttNs)
      this.#smoothedNs = 0.875 * this.#smoothedNs + 0.125 * rttNs
    }
    this.#backOff = 1
  }

  /** Doubles the timer after it has expired. */
  backOff(): void {
    this.#backOff = Math.min(256, this.#backOff * 2)
  }

  get timeoutNs(): number {
    if (this.#smoothedNs === 0) return 1e9 * this.#backOff
    return (this.#smoothedNs + Math.max(this.#leastNs, 4 * this.#variationNs)) * this.#backOff
  }
}
