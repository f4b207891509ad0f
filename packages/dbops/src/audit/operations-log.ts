import { createHmac, randomBytes } from 'node:crypto'
import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { DbopsError } from '../errors.ts'
import { redact } from '../secret.ts'
import { atomicWrite, privateFolder } from '../state/atomic-write.ts'
import { withFileLock } from '../state/file-lock.ts'

/** What a command tells of itself. */
export interface Operation {
  readonly command: string
  readonly target: string | null
  readonly outcome: 'ok' | 'findings' | 'failed' | 'refused'
  readonly exitCode: number
  readonly reason: string | null
  readonly durationMs: number
  /** Names and versions of secrets that were read, roles that were changed and the like; never a value. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** One line of the log; `hash` covers everything else, `prevHash` is the hash of the line before. */
export interface OperationRecord extends Operation {
  readonly seq: number
  readonly time: string
  readonly actor: string
  readonly host: string
  readonly pid: number
  readonly prevHash: string
  readonly hash: string
}

/** One file of the log; a retired one was deleted on purpose and its seam is kept. */
export interface LogSegment {
  readonly name: string
  readonly firstSeq: number
  /** Of sealed and retired segments. */
  readonly lastSeq: number | null
  /** Hash before its first line. */
  readonly seam: string
  /** Hash of its last line, of sealed and retired segments. */
  readonly lastHash: string | null
  readonly state: 'active' | 'sealed' | 'retired'
  readonly sealedAt: string | null
}

/** Where the log ends, kept apart from it and authenticated, so that a cut tail is seen. */
export interface LogHead {
  readonly seq: number
  readonly hash: string
  readonly segments: readonly LogSegment[]
  readonly mac: string
}

export const GENESIS = '0'.repeat(64)
const SEGMENT_BYTES = 4 << 20

export interface OperationsLogOptions {
  readonly folder: string
  readonly now?: () => Date
  /** A segment larger than this is sealed before the next line; 4 MiB. */
  readonly segmentBytes?: number
}

/** The log of what was done with the command: JSON lines, each bound to the one before by an HMAC, in segments with a separate head. */
export class OperationsLog {
  readonly folder: string
  readonly #now: () => Date
  readonly #segmentBytes: number

  constructor({ folder, now = () => new Date(), segmentBytes = SEGMENT_BYTES }: OperationsLogOptions) {
    this.folder = folder
    this.#now = now
    this.#segmentBytes = segmentBytes
  }

  /** Adds one line durably. @throws {DbopsError} STATE_UNREADABLE when the log does not end as its head says */
  async append(operation: Operation): Promise<OperationRecord> {
    return await this.#locked(() => {
      const key = logKey(this.folder)
      let head = this.#recoveredHead(key)
      if (this.#isFull(head)) head = this.#seal(head, key)
      const active = head.segments[head.segments.length - 1]
      const record = this.#record(operation, head, key)
      appendDurably(join(this.folder, active.name), `${JSON.stringify(record)}\n`)
      writeHead(this.folder, { ...head, seq: record.seq, hash: record.hash }, key)
      return record
    })
  }

  /** @throws {DbopsError} REFUSED when a line could not be added now, before anything is done that would go unrecorded */
  async assertWritable(): Promise<void> {
    try {
      await this.#locked(() => {
        const head = this.#recoveredHead(logKey(this.folder))
        const active = join(this.folder, head.segments[head.segments.length - 1].name)
        closeSync(openSync(active, 'a', 0o600))
      })
    } catch (cause) {
      throw new DbopsError('REFUSED', `the operations log cannot be written: ${(cause as Error).message}`, { cause })
    }
  }

  /** Closes the current segment, so that the next line begins a new one. */
  async rotate(): Promise<void> {
    await this.#locked(() => {
      const key = logKey(this.folder)
      this.#seal(this.#recoveredHead(key), key)
    })
  }

  /**
   * Deletes sealed segments that were closed before a time, or whose lines may all go; their seams stay, so that the chain still holds.
   * Returns their names.
   */
  async retire(before: Date | ((records: readonly OperationRecord[]) => boolean)): Promise<string[]> {
    return await this.#locked(() => {
      const key = logKey(this.folder)
      const head = this.#recoveredHead(key)
      const isOld = (segment: LogSegment): boolean =>
        segment.state === 'sealed' &&
        segment.sealedAt !== null &&
        (before instanceof Date
          ? segment.sealedAt < before.toISOString()
          : before(readSegment(join(this.folder, segment.name))))
      const old = head.segments.filter(isOld)
      const segments = head.segments.map((segment) =>
        isOld(segment) ? { ...segment, state: 'retired' as const } : segment,
      )
      writeHead(this.folder, { ...head, segments }, key)
      for (const { name } of old) rmSync(join(this.folder, name), { force: true })
      return old.map(({ name }) => name)
    })
  }

  #record(operation: Operation, head: LogHead, key: Buffer): OperationRecord {
    const { seq, hash: prevHash } = head
    const { SUDO_USER: sudoUser, GITHUB_ACTOR: ciUser, GITLAB_USER_LOGIN: gitlabUser } = process.env
    const through = sudoUser ?? ciUser ?? gitlabUser
    const body = {
      seq: seq + 1,
      time: this.#now().toISOString(),
      actor: through === undefined ? userInfo().username : `${userInfo().username} for ${through}`,
      host: hostname(),
      pid: process.pid,
      ...operation,
      reason: operation.reason === null ? null : redact(operation.reason),
      prevHash,
    }
    return { ...body, hash: hashOf(body, key) }
  }

  /** A crash between line and head leaves the log one line ahead: that line counts when its hash is right. */
  #recoveredHead(key: Buffer): LogHead {
    const known = readHead(this.folder, key)
    // a log that begins has its head before its first segment, so that whatever interrupts it leaves no segment without one
    const head = known.mac === '' ? writeHead(this.folder, known, key) : known
    const active = head.segments[head.segments.length - 1]
    const last = lastLine(join(this.folder, active.name))
    if (last === null || last.hash === head.hash) return head
    const { hash, ...body } = last
    if (last.seq === head.seq + 1 && last.prevHash === head.hash && hash === hashOf(body, key))
      return { ...head, seq: last.seq, hash }
    throw new DbopsError('STATE_UNREADABLE', `the operations log in ${this.folder} does not end where its head says`, {
      hint: 'dbops audit verify tells what was changed; nothing is written until it is in order',
    })
  }

  #isFull(head: LogHead): boolean {
    const path = join(this.folder, head.segments[head.segments.length - 1].name)
    return existsSync(path) && statSync(path).size >= this.#segmentBytes
  }

  #seal(head: LogHead, key: Buffer): LogHead {
    const active = head.segments[head.segments.length - 1]
    if (head.seq < active.firstSeq) return head // still empty
    const sealedAt = this.#now().toISOString()
    const sealed: LogSegment = { ...active, state: 'sealed', lastSeq: head.seq, lastHash: head.hash, sealedAt }
    const next = newSegment(head.segments.length + 1, head.seq + 1, head.hash)
    return writeHead(this.folder, { ...head, segments: [...head.segments.slice(0, -1), sealed, next] }, key)
  }

  async #locked<Result>(work: () => Result): Promise<Result> {
    privateFolder(this.folder)
    return await withFileLock({ path: join(this.folder, 'lock'), purpose: 'operations log', waitMs: 30_000 }, work)
  }
}

/** The key of the chain, made on first use; whoever has it can forge, so it belongs to the operator alone. */
export function logKey(folder: string): Buffer {
  const path = join(folder, 'key')
  if (!existsSync(path)) {
    if (existsSync(join(folder, 'head.json')))
      throw new DbopsError('STATE_UNREADABLE', `the key of the operations log is missing: ${path}`)
    atomicWrite(path, `${randomBytes(32).toString('hex')}\n`)
  }
  return Buffer.from(readFileSync(path, 'utf8').trim(), 'hex')
}

/** @throws {DbopsError} STATE_UNREADABLE when it is missing beside a log, damaged or not authentic */
export function readHead(folder: string, key: Buffer): LogHead {
  const path = join(folder, 'head.json')
  if (!existsSync(path)) {
    const first = newSegment(1, 1, GENESIS)
    if (existsSync(join(folder, first.name)))
      throw new DbopsError('STATE_UNREADABLE', `the head of the operations log is missing: ${path}`)
    return { seq: 0, hash: GENESIS, segments: [first], mac: '' }
  }
  let head: LogHead
  try {
    head = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new DbopsError('STATE_UNREADABLE', `the head of the operations log cannot be read: ${path}`, { cause })
  }
  if (head.mac !== macOf(head, key))
    throw new DbopsError('STATE_UNREADABLE', `the head of the operations log is not authentic: ${path}`)
  return head
}

function writeHead(folder: string, head: LogHead, key: Buffer): LogHead {
  const whole = { ...head, mac: macOf(head, key) }
  atomicWrite(join(folder, 'head.json'), `${JSON.stringify(whole)}\n`)
  return whole
}

function macOf({ seq, hash, segments }: LogHead, key: Buffer): string {
  return createHmac('sha256', key)
    .update(`head\0${JSON.stringify({ seq, hash, segments })}`)
    .digest('hex')
}

/** The hash of a line without its own hash. */
export function hashOf(body: object, key: Buffer): string {
  return createHmac('sha256', key)
    .update(`line\0${JSON.stringify(body)}`)
    .digest('hex')
}

function newSegment(number: number, firstSeq: number, seam: string): LogSegment {
  const name = `operations-${String(number).padStart(6, '0')}.jsonl`
  return { name, firstSeq, lastSeq: null, seam, lastHash: null, state: 'active', sealedAt: null }
}

function readSegment(path: string): OperationRecord[] {
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => JSON.parse(line) as OperationRecord)
}

function lastLine(path: string): OperationRecord | null {
  if (!existsSync(path)) return null
  const text = readFileSync(path, 'utf8')
  const end = text.endsWith('\n') ? text.length - 1 : text.length
  const line = text.slice(text.lastIndexOf('\n', end - 1) + 1, end)
  if (line === '') return null
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new DbopsError('STATE_UNREADABLE', `the last line of ${path} is no JSON`, { cause })
  }
}

function appendDurably(path: string, line: string): void {
  if (!existsSync(path)) appendFileSync(path, '', { mode: 0o600 })
  const file = openSync(path, 'a', 0o600)
  try {
    writeSync(file, line)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
