import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PREFIX = 'pcap-work-'

/** A new folder for one piece of work; whoever asks for it removes it. */
export function newWorkFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), PREFIX))
}

/** Removes folders of processes that were killed before they could: those older than any work lasts. */
export async function removeLeftFolders(olderThanMs: number, folder: string = tmpdir()): Promise<number> {
  let removed = 0
  for (const name of await readdir(folder)) {
    if (!name.startsWith(PREFIX)) continue
    const path = join(folder, name)
    const found = await stat(path).catch(() => null) // removed meanwhile
    if (found === null || Date.now() - found.mtimeMs < olderThanMs) continue
    await rm(path, { recursive: true, force: true })
    removed++
  }
  return removed
}
