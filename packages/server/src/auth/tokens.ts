import { jwtVerify, SignJWT } from 'jose'

export const TOKEN_SECONDS = 1800
const ISSUER = 'pcap-analyzer'

/** What a token says; everything else is read anew at each request. */
export interface TokenClaims {
  readonly userId: string
  readonly sessionId: string
}

/** Signs and reads access tokens: HS256 and nothing else, with `iat`, `exp` and `jti`, which is the session. */
export class Tokens {
  readonly #key: Uint8Array
  readonly #now: () => Date

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

  /** Null for whatever is no token of ours, or not any more. */
  async read(token: string): Promise<TokenClaims | null> {
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        algorithms: ['HS256'],
        issuer: ISSUER,
        requiredClaims: ['sub', 'jti', 'exp', 'iat'],
        currentDate: this.#now(),
      })
      return { userId: payload.sub as string, sessionId: payload.jti as string }
    } catch {
      return null
    }
  }
}
