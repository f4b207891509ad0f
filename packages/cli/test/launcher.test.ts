import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from './support/temporary-folder.ts'

const launcher = join(import.meta.dirname, '../bin/pcap-analyzer.js')

/** The launcher as it is installed, with a main.js that only says it ran. */
function installedLauncher(isBuilt: boolean): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'bin'))
  mkdirSync(join(folder, 'dist'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  copyFileSync(launcher, join(folder, 'bin/pcap-analyzer.js'))
  if (isBuilt) writeFileSync(join(folder, 'dist/main.js'), "console.log('started')")
  return join(folder, 'bin/pcap-analyzer.js')
}

function run(file: string, nodeArguments: readonly string[] = [], node = process.execPath) {
  const { status, stdout, stderr } = spawnSync(node, [...nodeArguments, file], { encoding: 'utf8', env: {} })
  return { status, stdout, stderr }
}

/** Node that says it is another version. */
function asVersion(version: string): string[] {
  const source = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`
  return ['--import', `data:text/javascript,${encodeURIComponent(source)}`]
}

describe('the launcher', () => {
  test.each(['22.14.0', '24.0.0', '30.1.2'])('starts with Node %s', (version) => {
    expect(run(installedLauncher(true), asVersion(version))).toEqual({ status: 0, stdout: 'started\n', stderr: '' })
  })

  test.each(['18.20.1', '20.20.2', '22.13.1', '9.0.0'])('says in one line that Node %s is too old', (version) => {
    const { status, stdout, stderr } = run(installedLauncher(true), asVersion(version))
    expect(stderr).toMatch(/^pcap-analyzer: error: Node 22\.14 or newer is needed, this is Node [^\n]+\n$/)
    expect(stderr).toContain(`this is Node ${version} (${process.execPath})`)
    expect([status, stdout]).toEqual([4, ''])
  })

  test('says in one line that it is not built', () => {
    const { status, stderr } = run(installedLauncher(false))
    expect(stderr).toBe('pcap-analyzer: error: this copy is not built yet; run: npm run build\n')
    expect(status).toBe(4)
  })

  const old = oldNode()
  test.skipIf(old === null)('is understood by a Node that really is too old', () => {
    const { status, stderr } = run(installedLauncher(true), [], old ?? '')
    expect(stderr).toMatch(/^pcap-analyzer: error: Node 22\.14 or newer is needed/)
    expect(status).toBe(4)
  })
})

/** A node of this machine that is older than 22. */
function oldNode(): string | null {
  const found = spawnSync('which', ['-a', 'node'], { encoding: 'utf8' }).stdout ?? ''
  const isOld = (path: string) =>
    Number(execFileSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' }).split('.')[0]) < 22
  return found.split('\n').find((path) => path !== '' && isOld(path)) ?? null
}
