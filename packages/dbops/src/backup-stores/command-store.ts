import { spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { DbopsError } from '../errors.ts'
import { plainEnvironment } from '../run.ts'
import { redact } from '../secret.ts'
import { type BackupStore, type StoredFile, storeError } from './backup-store.ts'

/** Variables of such names are handed on to the program; nothing else of ours that may hold a secret. */
const ITS_VARIABLES = 'DBOPS_STORE_'

/**
 * A program of the site that knows a place of its own: `put KEY` reads the file on stdin, `get KEY` writes it to stdout, `list` prints a
 * line `BYTES KEY` for each, `remove KEY` deletes. It ends with 0 only when that is done and lasting.
 */
export class CommandStore implements BackupStore {
  readonly name: string
  readonly #program: string

  constructor(program: string) {
    this.#program = program
    this.name = `exec:${program}`
  }

  async put(key: string, path: string): Promise<void> {
    const { child, ended } = this.#start(['put', key])
    const sent = pipeline(createReadStream(path), child.stdin)
    const [how, whole] = await Promise.allSettled([ended, sent])
    if (how.status === 'rejected') throw how.reason
    if (whole.status === 'rejected') throw storeError(this.name, `putting ${key}`, whole.reason)
  }

  async *get(key: string): AsyncGenerator<Uint8Array> {
    const { child, ended } = this.#start(['get', key])
    ended.catch(() => {}) // awaited below, when all is read
    child.stdin.end()
    yield* child.stdout as AsyncIterable<Uint8Array>
    await ended
  }

  async list(): Promise<StoredFile[]> {
    const text = await this.#said(['list'])
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const [, bytes, key] = /^(\d+)\s+(\S+)$/.exec(line.trim()) ?? []
        if (key === undefined)
          throw new DbopsError('CHILD_FAILED', `${this.name} list: "${line.slice(0, 80)}" is not BYTES KEY`)
        return { key, bytes: Number(bytes), modifiedAt: null }
      })
  }

  async remove(key: string): Promise<void> {
    await this.#said(['remove', key])
  }

  async close(): Promise<void> {}

  async #said(words: readonly string[]): Promise<string> {
    const { child, ended } = this.#start(words)
    child.stdin.end()
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (part: string) => void (text += part))
    await ended
    return text
  }

  #start(words: readonly string[]) {
    const child = spawn(this.#program, words, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: plainEnvironment(ITS_VARIABLES),
    })
    child.stdin.on('error', () => {}) // said by how it ends
    let complaint = ''
    child.stderr.setEncoding('utf8').on('data', (part: string) => void (complaint = (complaint + part).slice(-1000)))
    const ended = new Promise<void>((resolve, reject) => {
      child.once('error', (cause) =>
        reject(new DbopsError('CHILD_FAILED', `${this.name} cannot be started`, { cause })),
      )
      child.once('close', (code, signal) => {
        if (code === 0) resolve()
        else
          reject(
            new DbopsError(
              'CHILD_FAILED',
              redact(`${this.name} ${words[0]} ended with ${code ?? signal}: ${complaint.trim()}`),
            ),
          )
      })
    })
    return { child, ended }
  }
}
