import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { TestCluster } from '@pcap-analyzer/dbops/testing'

/** Kills every process of a database server at once (SIGKILL), as the kernel would; `start()` begins its recovery. Linux only. */
export async function crash(cluster: TestCluster): Promise<void> {
  const postmaster = Number(readFileSync(join(cluster.dataFolder, 'postmaster.pid'), 'utf8').split('\n')[0])
  const all = [postmaster, ...childrenOf(postmaster)]
  for (const pid of all) signal(pid, 'SIGKILL')
  while (all.some((pid) => signal(pid, 0))) await wait(5)
}

function childrenOf(parent: number): number[] {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger)
  return pids.filter((pid) => parentOf(pid) === parent)
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // the name in brackets may hold anything
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return null // gone meanwhile
  }
}

/** False when there is no such process; one that is dead and waits for its parent counts as gone. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name)
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
