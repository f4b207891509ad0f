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
export async function sendLoad({ base, paths, token = null, clients, seconds }: Load): Promise<LoadResult> {
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

/** Calls back with the status of each whole answer; answers must say how long they are, and their heads come in one piece. */
function onAnswers(socket: Socket, onAnswer: (status: number) => void): void {
  let status = 0
  let missing = 0
  socket.on('data', (chunk: Buffer) => {
    if (missing > 0) missing -= chunk.length
    else {
      const headEnd = chunk.indexOf(HEAD_END)
      const head = chunk.toString('latin1', 0, headEnd)
      const [, length] = /content-length: (\d+)/i.exec(head) ?? []
      if (headEnd < 0 || length === undefined) throw new Error(`an answer without its length: ${head}`)
      status = Number(head.slice(9, 12))
      missing = headEnd + HEAD_END.length + Number(length) - chunk.length
    }
    if (missing === 0) onAnswer(status)
  })
}
