import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { build } from 'esbuild'
import type { Contender } from './measure.ts'

const ROOT = join(import.meta.dirname, '..')
const BUNDLES = join(ROOT, 'node_modules/.cache/bench')
const COMMAND = join(ROOT, 'packages/cli/bin/pcap-analyzer.js')

export const TCP_ONLY = 'engine, TCP alone'
export const FACTS = 'pcap-analyzer facts'
export const ANALYZE = 'pcap-analyzer analyze --json'
export const BASELINE = 'C baseline, tcp'
export const TCPTRACE = 'tcptrace -n'
export const CAPINFOS = 'capinfos -c -u'
export const TSHARK = 'tshark -T fields'

/** Bundles the bench's own programs as the command is bundled, and the command itself, so that nothing stale is measured. */
export async function bundlePrograms(): Promise<void> {
  await import('../scripts/bundle.ts')
  await build({
    entryPoints: [join(import.meta.dirname, 'tcp-only.ts'), join(import.meta.dirname, 'stages.ts')],
    outdir: BUNDLES,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    conditions: ['development'],
    logLevel: 'warning',
  })
}

/** The bundle of stages.ts. */
export const stagesProgram = join(BUNDLES, 'stages.mjs')

/** Our own programs on a file. */
export function ours(file: string): Contender[] {
  return [
    { name: TCP_ONLY, command: [process.execPath, join(BUNDLES, 'tcp-only.mjs'), file] },
    { name: FACTS, command: [process.execPath, COMMAND, 'facts', file] },
    { name: ANALYZE, command: [process.execPath, COMMAND, 'analyze', '--json', '--no-report', file] },
  ]
}

/** The peers that are installed, but for tshark, which takes long. */
export function peers(file: string, baseline: string | null): Contender[] {
  const all: Contender[] = [
    { name: TCPTRACE, command: ['tcptrace', '-n', file] },
    { name: CAPINFOS, command: ['capinfos', '-c', '-u', file] },
  ]
  const installed = all.filter(({ command }) => isInstalled(command[0]))
  return baseline === null ? installed : [{ name: BASELINE, command: [baseline, 'tcp', file] }, ...installed]
}

/** tshark writing its analysis flags of each frame; none where it is not installed. */
export function tshark(file: string): Contender[] {
  if (!isInstalled('tshark')) return []
  const fields = ['-T', 'fields', '-e', 'frame.number', '-e', 'tcp.analysis.flags']
  return [{ name: TSHARK, command: ['tshark', '-n', '-r', file, ...fields] }]
}

function isInstalled(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)))
}
