import { type ComponentChildren, createContext } from 'preact'
import { useContext, useEffect, useMemo, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import type { SessionAnswer, User } from '../answers.ts'
import { call, callWithoutSession, forgetCsrfToken, refusalListeners } from '../api.ts'
import { showTimesIn } from '../format.ts'

/** A session lasts half an hour; it is renewed well before, as long as the page is open and in use. */
const RENEW_AFTER_MS = 15 * 60_000
const LOOK_EVERY_MS = 30_000

export interface Credentials {
  readonly username: string
  readonly password: string
  readonly totp_code?: string
}

export interface Session {
  /** Who is logged in; null for nobody, undefined until that is known. */
  readonly user: User | null | undefined
  /** @throws {Refused} */
  logIn(credentials: Credentials): Promise<User>
  logOut(): Promise<void>
  /** Reads the user anew, after something about it was changed. */
  refresh(): Promise<User | null>
}

const SessionContext = createContext<Session | null>(null)

/** Knows who is logged in, and keeps the session alive while the page is looked at. */
export function SessionProvider({ children }: { children: ComponentChildren }) {
  const [user, setUser] = useState<User | null | undefined>(undefined)
  const { route } = useLocation()
  const session = useMemo<Session>(() => {
    const refresh = async () => {
      const { user: found } = await call<SessionAnswer>('GET', '/api/session')
      showTimesIn(found?.time_zone ?? null)
      setUser(found)
      return found
    }
    return {
      user,
      refresh,
      async logIn(credentials) {
        await callWithoutSession('POST', '/api/token', credentials)
        forgetCsrfToken()
        const found = await refresh()
        if (found === null) throw new Error('the session ended as it began')
        return found
      },
      async logOut() {
        await call('POST', '/api/logout')
        forgetCsrfToken()
        setUser(null)
      },
    }
  }, [user])
  useEffect(() => {
    refusalListeners.onLoggedOut = () => setUser(null)
    refusalListeners.onPasswordChange = () => route('/change-password')
    session.refresh().catch(() => setUser(null))
  }, [])
  useEffect(() => {
    if (user === null || user === undefined) return undefined
    let renewedAtMs = Date.now()
    const timer = setInterval(() => {
      if (Date.now() - renewedAtMs < RENEW_AFTER_MS) return
      renewedAtMs = Date.now()
      void call('POST', '/api/token/renew').then(forgetCsrfToken, () => {})
    }, LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [user?.id])
  return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>
}

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (session === null) throw new Error('outside of the session')
  return session
}
