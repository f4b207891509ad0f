import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.pcap': 'application/vnd.tcpdump.pcap',
  '.webmanifest': 'application/manifest+json',
}

/** A built file of the pages, with what it is compressed to where that was worth it. */
export interface PageFile {
  readonly name: string
  readonly type: string
  readonly plain: Buffer
  readonly brotli: Buffer | null
}

/** The built files of a part of the pages by their names; none when the pages were not built. */
export function readPageFiles(part: 'app' | 'private'): ReadonlyMap<string, PageFile> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('@pcap-analyzer/web/package.json')), 'dist', part)
  const names = new Set(namesIn(folder))
  const files = new Map<string, PageFile>()
  for (const name of names) {
    const type = types[extname(name)]
    if (type === undefined) continue
    const brotli = names.has(`${name}.br`) ? readFileSync(join(folder, `${name}.br`)) : null
    files.set(name, { name, type, plain: readFileSync(join(folder, name)), brotli })
  }
  return files
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
