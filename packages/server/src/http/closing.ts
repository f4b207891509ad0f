import type { Server } from 'node:http'
import type { App } from '../services.ts'

const LOOK_MS = 50

/**
 * Closes an application: what is being answered is answered, connections that nobody uses any more are ended, and after the time given the
 * others too.
 */
export async function closeWithin(app: App, mostMs: number): Promise<void> {
  const server = app.server as Server
  const look = setInterval(() => server.closeIdleConnections(), LOOK_MS)
  const enough = setTimeout(() => server.closeAllConnections(), mostMs)
  try {
    await app.close()
  } finally {
    clearInterval(look)
    clearTimeout(enough)
  }
}
