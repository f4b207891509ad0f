import { promisify } from 'node:util'
import type { Client, SFTPWrapper } from 'ssh2'
import { DbopsError } from '../errors.ts'

/** Work over a connection that may be lost: the library leaves what is under way without an answer then. */
export class Line {
  readonly #waiting = new Set<(cause: Error) => void>()
  #loss: Error | null = null

  constructor(client: Client, where: string) {
    client.once('close', () => {
      this.#loss = new DbopsError('CONNECTION_LOST', `${where}: the connection was lost`)
      for (const reject of this.#waiting) reject(this.#loss)
    })
  }

  async over<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#loss !== null) throw this.#loss
    let refuse: (cause: Error) => void = () => {}
    const lost = new Promise<never>((_, reject) => {
      refuse = reject
      this.#waiting.add(reject)
    })
    try {
      return await Promise.race([work(), lost])
    } finally {
      this.#waiting.delete(refuse)
    }
  }
}

const READ_BYTES = 32_768
const READS_AT_ONCE = 64

/** A file in its order, with many reads under way, so that the distance to the server does not count for each of them. */
export async function* readAhead(sftp: SFTPWrapper, line: Line, path: string): AsyncGenerator<Uint8Array> {
  const file = await line.over(() => promisify(sftp.open.bind(sftp) as OpenFile)(path, 'r'))
  const { size } = await line.over(() => promisify(sftp.fstat.bind(sftp))(file))
  const waiting: Promise<Uint8Array>[] = []
  try {
    for (let asked = 0, given = 0; given < size; ) {
      for (; asked < size && waiting.length < READS_AT_ONCE; asked += READ_BYTES) {
        const [start, length] = [asked, Math.min(READ_BYTES, size - asked)]
        const read = line.over(() => readWhole(sftp, file, start, length))
        read.catch(() => {}) // whoever takes it from the queue sees it
        waiting.push(read)
      }
      const part = (await waiting.shift()) ?? new Uint8Array()
      given += part.length
      yield part
    }
  } finally {
    await Promise.allSettled(waiting)
    await line.over(() => promisify(sftp.close.bind(sftp))(file)).catch(() => {}) // a connection that was lost has closed it
  }
}

/** A server may answer with less than was asked for. */
async function readWhole(sftp: SFTPWrapper, file: Buffer, start: number, length: number): Promise<Uint8Array> {
  const part = Buffer.alloc(length)
  for (let read = 0; read < length; ) {
    const got = await new Promise<number>((resolve, reject) =>
      sftp.read(file, part, read, length - read, start + read, (error, bytes) =>
        error ? reject(error) : resolve(bytes),
      ),
    )
    if (got === 0) throw new DbopsError('INTEGRITY', 'a file became shorter while it was read')
    read += got
  }
  return part
}

type OpenFile = (path: string, mode: 'r', done: (error: Error | undefined, handle: Buffer) => void) => void
