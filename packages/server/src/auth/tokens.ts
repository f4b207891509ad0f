import { jwtVerify, SignJWT } from 'jose'

export const TOKEN_SECONDS = 1800
const ISSUER = 'pcap-analyzer'

/** What a token says; everything else is read anew at each request. */
export interface TokenClaims {
  readonly userId: string
  readonly sessionId: string
  readonly expiresMs: number
}

/** So many tokens are remembered as read. */
const MOST_KNOWN = 10_000

/** Signs and reads access tokens: HS256 and nothing else, with `iat`, `exp` and `jti`, which is the session. */
export class Tokens {
  readonly #key: Uint8Array
  readonly #now: () => Date
  readonly #known = new Map<string, TokenClaims>()

  constructor(secretKey: string, now: () => Date) {
    this.#key = new TextEncoder().encode(secretKey)
    this.#now = now
  }

  sign(user: { id: string; username: string; role: string }, sessionId: string): Promise<string> {
    const issuedAt = Math.floor(this.#now().getTime() / 1000)
    return new SignJWT({ username: user.username, role: user.role })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer(ISSUER)
      .setSubject(user.id)
      .setJti(sessionId)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + TOKEN_SECONDS)
      .sign(this.#key)
  }

  /** Null for whatever is no token of ours, or not any more. A signature is verified once; whether the session is open the database says. */
  async read(token: string): Promise<TokenClaims | null> {
    const known = this.#known.get(token)
    if (known !== undefined && this.#now().getTime() < known.expiresMs) return known
    this.#known.delete(token)
    const claims = await this.#verify(token)
    if (this.#known.size >= MOST_KNOWN) this.#known.clear()
    if (claims !== null) this.#known.set(token, claims)
    return claims
  }

  async #verify(token: string): Promise<TokenClaims | null> {
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        algorithms: ['HS256'],
        issuer: ISSUER,
        requiredClaims: ['sub', 'jti', 'exp', 'iat'],
        currentDate: this.#now(),
      })
      const { sub, jti, exp } = payload as { sub: string; jti: string; exp: number }
      return { userId: sub, sessionId: jti, expiresMs: exp * 1000 }
    } catch {
      return null
    }
  }
}
