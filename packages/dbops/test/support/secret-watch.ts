import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'

/**
 * Looks at the arguments and the environment of every process again and again, until it is told to stop; then tells where the secret
 * stood. The command itself was given the secret by its caller, and so between fork and exec its children.
 */
export function watchForSecret(secret: string): { stop(): Promise<string[]> } {
  const seen = new Set<string>()
  let isOver = false
  const look = (pid: string): void => {
    for (const part of ['cmdline', 'environ']) {
      try {
        const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
        if (/^(node|MainThread|libuv)/.test(name)) continue
        if (readFileSync(`/proc/${pid}/${part}`, 'latin1').includes(secret)) seen.add(`${part} of ${name}`)
      } catch {
        // it has ended, or is not ours to look into
      }
    }
  }
  const watching = (async () => {
    while (!isOver) {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) look(pid)
      await setTimeout(10)
    }
  })()
  return {
    stop: async () => {
      isOver = true
      await watching
      return [...seen]
    },
  }
}
