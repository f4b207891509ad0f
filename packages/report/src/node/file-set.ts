import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

const BUFFER_CHARACTERS = 1 << 16

interface OpenFile {
  readonly temporary: string
  readonly descriptor: number
  buffer: string
}

/** Files that grow under temporary names and get their own all at once. */
export class FileSet {
  private readonly files = new Map<string, OpenFile>()
  private readonly isFlushed: boolean

  /** Files that somebody sends on and removes need not be flushed to the disk; processes under Node's permission model cannot. */
  constructor({ isFlushed = true }: { isFlushed?: boolean } = {}) {
    this.isFlushed = isFlushed
  }

  /** Adds text or bytes to a file; the folder is made. @throws the operating system's error. */
  append(path: string, content: string | Uint8Array): void {
    const file = this.files.get(path) ?? this.open(path)
    if (typeof content !== 'string') {
      flush(file)
      writeAll(file.descriptor, content)
      return
    }
    file.buffer += content
    if (file.buffer.length >= BUFFER_CHARACTERS) flush(file)
  }

  /** Gives every file its name. */
  publish(): void {
    for (const [path, file] of this.files) {
      flush(file)
      if (this.isFlushed) fsyncSync(file.descriptor)
      closeSync(file.descriptor)
      renameSync(file.temporary, path)
      this.files.delete(path)
    }
  }

  /** Removes what has not been published. */
  discard(): void {
    for (const { temporary, descriptor } of this.files.values()) {
      closeSync(descriptor)
      rmSync(temporary, { force: true })
    }
    this.files.clear()
  }

  private open(path: string): OpenFile {
    mkdirSync(dirname(path), { recursive: true })
    const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
    rmSync(temporary, { force: true })
    const file = { temporary, descriptor: openSync(temporary, 'wx'), buffer: '' }
    this.files.set(path, file)
    return file
  }
}

function flush(file: OpenFile): void {
  writeAll(file.descriptor, Buffer.from(file.buffer))
  file.buffer = ''
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written)
}
