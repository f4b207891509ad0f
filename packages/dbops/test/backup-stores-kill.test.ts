import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startCluster, type TestCluster } from '@pcap-analyzer/dbops/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startCommand } from './support/child.ts'
import { newCommandLine, scratchFolder } from './support/command.ts'
import { seedShop } from './support/shop.ts'

let cluster: TestCluster
const { run, stateFolder, remove } = newCommandLine()
beforeAll(async () => {
  cluster = await startCluster()
  cluster.sql('create database shop')
  seedShop(cluster, 'shop')
})
afterAll(async () => {
  remove()
  await cluster.stop()
})

/**
 * A store whose program counts its calls. At the call that `stop` names it holds still, having done half of it: of a file the first half is
 * written, or given out. So the command is killed at every step of its own, and not where a clock happens to be.
 */
function countedStore() {
  const folder = scratchFolder()
  const files = join(folder, 'files')
  mkdirSync(files)
  const program = join(folder, 'store')
  writeFileSync(
    program,
    `#!/bin/sh
set -e
calls=$(($(cat '${folder}/calls' 2>/dev/null || echo 0) + 1)); echo $calls > '${folder}/calls'
path='${files}'/$(echo "$2" | tr / %)
hold() { [ "$calls" = "$(cat '${folder}/stop' 2>/dev/null)" ] || return 0; echo $1 $2 > '${folder}/held'; exec sleep 1000; }
case $1 in
  put) cat > "$path.new"; half=$(($(wc -c < "$path.new") / 2)); [ "$calls" != "$(cat '${folder}/stop' 2>/dev/null)" ] || head -c $half "$path.new" > "$path"
    hold "$@"; mv "$path.new" "$path" ;;
  get) [ "$calls" != "$(cat '${folder}/stop' 2>/dev/null)" ] || head -c $(($(wc -c < "$path") / 2)) "$path"; hold "$@"; cat "$path" ;;
  list) hold "$@"; cd '${files}'; for name in *; do case $name in *.new | '*') ;; *) echo "$(wc -c < "$name") $(echo "$name" | tr % /)" ;; esac; done ;;
  remove) rm -f "$path" ;;
esac
`,
  )
  chmodSync(program, 0o755)
  const held = () => existsSync(join(folder, 'held'))
  return {
    place: `exec:${program}`,
    calls: () => Number(readFileSync(join(folder, 'calls'), 'utf8')),
    held,
    keys: () => readdirSync(files).filter((name) => !name.endsWith('.new')),
    /** Runs the command until the store has got so many calls, and kills it there with everything it started. */
    async kill(call: number, words: readonly string[]) {
      for (const [name, text] of [
        ['calls', '0'],
        ['stop', String(call)],
      ])
        writeFileSync(join(folder, name), text)
      writeFileSync(join(folder, 'held'), '')
      const { size } = { size: () => readFileSync(join(folder, 'held'), 'utf8') }
      const command = startCommand(stateFolder, words)
      const end = await Promise.race([
        command.ended,
        expect
          .poll(size, { timeout: 100_000 })
          .not.toBe('')
          .then(() => 'held'),
      ])
      command.killGroup()
      await command.ended
      writeFileSync(join(folder, 'stop'), '')
      return { end, at: size().trim() }
    },
  }
}

describe('T52 a backup on its way to a store, killed in the middle of every step', () => {
  it('is there with its manifest only when it is whole, and the next push makes it so', async () => {
    const here = scratchFolder()
    expect((await run('backup', 'create', '--url', cluster.url('shop'), '--to', here)).exitCode).toBe(0)
    const store = countedStore()
    const push = ['backup', 'push', '--from', here, '--endpoint', store.place]
    expect((await run(...push)).exitCode).toBe(0)
    const calls = store.calls()
    const files = store.keys().length
    expect(calls).toBe(1 + 2 * files)
    const stops: string[] = []
    for (let call = 1; call <= calls; call++) {
      const other = countedStore()
      const aim = push.with(-1, other.place)
      const { end, at } = await other.kill(call, aim)
      stops.push(at.split(/[ /]/)[0])
      expect(end, `call ${call}`).toBe('held')
      const isWhole = other.keys().length === files && !at.startsWith('put')
      const list = await run('backup', 'list', '--from', other.place, '--format', 'json')
      const states = (list.json().data as { state: string }[]).map(({ state }) => state)
      if (!isWhole)
        expect(
          states.filter((state) => state === 'good'),
          `${at}: ${states}`,
        ).toEqual([])
      const again = await run(...aim)
      expect(again.exitCode, `${at}: ${again.stderr}`).toBe(0)
      const verified = await run('backup', 'verify', '--from', other.place, '--level', '2')
      expect(verified.exitCode, `${at}: ${verified.stderr}${verified.stdout}`).toBe(0)
    }
    expect(stops.sort()).toEqual(['list', ...Array(files).fill('get'), ...Array(files).fill('put')].sort())
  }, 600_000)
})

describe('T52 a backup on its way from a store, killed in the middle of every step', () => {
  it('is never in the folder unless it is whole, and the next pull brings it', async () => {
    const here = scratchFolder()
    expect((await run('backup', 'create', '--url', cluster.url('shop'), '--to', here)).exitCode).toBe(0)
    const store = countedStore()
    expect((await run('backup', 'push', '--from', here, '--endpoint', store.place)).exitCode).toBe(0)
    const id = readdirSync(here).find((name) => !name.startsWith('.')) ?? ''
    const pull = (to: string) => ['backup', 'pull', id, '--to', to, '--endpoint', store.place]
    const files = store.keys().length
    for (let call = 1; call <= files + 1; call++) {
      const to = scratchFolder()
      const { end, at } = await store.kill(call, pull(to))
      expect([end, at]).toEqual(['held', expect.stringMatching(call === 1 ? /^list/ : /^get/)])
      expect(readdirSync(to).filter((name) => !name.startsWith('.'))).toEqual([])
      const again = await run(...pull(to))
      expect(again.exitCode, `${at}: ${again.stderr}`).toBe(0)
      expect(readdirSync(to)).toEqual([id])
      expect((await run('backup', 'verify', '--from', to, '--level', '2')).exitCode).toBe(0)
    }
  }, 600_000)
})
