import { closeSync, openSync, readSync } from 'node:fs'

/** Some bytes of a file. */
export function readPart(path: string, start: number, length: number): Buffer<ArrayBuffer> {
  const part = Buffer.alloc(length)
  const file = openSync(path, 'r')
  try {
    for (let read = 0; read < length; ) {
      const got = readSync(file, part, read, length - read, start + read)
      if (got === 0) throw new Error(`${path} became shorter while it was read`)
      read += got
    }
  } finally {
    closeSync(file)
  }
  return part
}
