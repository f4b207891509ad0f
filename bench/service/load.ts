import { connect, type Socket } from 'node:net'

/** What many clients at once were answered. */
export interface LoadResult {
  readonly requestsPerSecond: number
  /** Milliseconds from a request's last byte to its answer's, sorted. */
  readonly latenciesMs: readonly number[]
  readonly failed: number
}

export interface Load {
  readonly base: string
  /** Asked in turns. */
  readonly paths: readonly string[]
  readonly token?: string | null
  readonly clients: number
  readonly seconds: number
}

const HEAD_END = '\r\n\r\n'

/** Asks the same again and again over connections that stay open, one request at a time on each; cheaper than any HTTP client. */
export async function load({ base, paths, token = null, clients, seconds }: Load): Promise<LoadResult> {
  const { hostname, port } = new URL(base)
  const login = token === null ? '' : `Authorization: Bearer ${token}\r\n`
  const requests = paths.map(
    (path) => `GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\n${login}Connection: keep-alive${HEAD_END}`,
  )
  let turn = 0
  const latenciesMs: number[] = []
  let failed = 0
  const startMs = performance.now()
  const endMs = startMs + seconds * 1000
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname)
      let sentMs = 0
      const ask = () => {
        if (performance.now() >= endMs) {
          socket.end()
          resolve()
          return
        }
        sentMs = performance.now()
        socket.write(requests[turn++ % requests.length] as string)
      }
      socket.setNoDelay(true).once('connect', ask).once('error', reject)
      onAnswers(socket, (status) => {
        if (status >= 400) failed++
        latenciesMs.push(performance.now() - sentMs)
        ask()
      })
    })
  await Promise.all(Array.from({ length: clients }, one))
  const requestsPerSecond = latenciesMs.length / ((performance.now() - startMs) / 1000)
  return { requestsPerSecond, latenciesMs: latenciesMs.toSorted((a, b) => a - b), failed }
}

/** Calls back with the status of each whole answer; answers must say how long they are. */
function onAnswers(socket: Socket, onAnswer: (status: number) => void): void {
  let held = ''
  socket.setEncoding('latin1').on('data', (text: string) => {
    held += text
    const headEnd = held.indexOf(HEAD_END)
    if (headEnd < 0) return
    const length = Number(/content-length: (\d+)/i.exec(held)?.[1] ?? Number.NaN)
    if (Number.isNaN(length)) throw new Error(`an answer without its length: ${held.slice(0, headEnd)}`)
    if (held.length < headEnd + HEAD_END.length + length) return
    const status = Number(held.slice(9, 12))
    held = ''
    onAnswer(status)
  })
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
