import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { describe, expect, it } from 'vitest'
import layers from './layers.json' with { type: 'json' }

const root = join(import.meta.dirname, '..')
const IMPORT =
  /^(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|import\(['"]([^'"]+)['"]\)/gm

interface ImportLine {
  readonly file: string
  readonly target: string
}

/** Every import line under packages/<name>/src, files as paths from the root with forward slashes. */
function importLines(): ImportLine[] {
  const files = globSync('packages/*/src/**/*.{ts,tsx}', { cwd: root })
  return files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(IMPORT)].map((match) => ({
      file: file.split(sep).join('/'),
      target: match[1] ?? match[2] ?? match[3] ?? '',
    })),
  )
}

/** What is wrong with an import; null when nothing is. */
function violation({ file, target }: ImportLine): string | null {
  const [, name] = file.split('/')
  const own = /^(?:@pcap-analyzer\/|pcap-)([a-z]+)/.exec(target)
  if (target.startsWith('@pcap-analyzer/')) {
    const other = own?.[1] ?? ''
    const allowed: readonly string[] = layers.packages[name as keyof typeof layers.packages] ?? []
    return allowed.includes(other) ? null : `package ${name} may not import ${other}`
  }
  if (name !== 'engine') return null
  if (target.startsWith('node:') && !file.startsWith(layers.onlyInNode)) return 'Node built-ins only in src/node/'
  if (!target.startsWith('.')) return null
  const from = file.slice('packages/engine/src/'.length)
  const to = relative(join(root, 'packages/engine/src'), join(root, dirname(file), target))
    .split(sep)
    .join('/')
  return engineViolation(from, to)
}

function engineViolation(from: string, to: string): string | null {
  const source = layerOf(from)
  const target = layerOf(to)
  if (isListed(target) && source === 'run' && !layers.analyzersKnownOnlyBy.includes(from)) {
    return `only ${layers.analyzersKnownOnlyBy.join(' and ')} may know the ${target}`
  }
  if (source === target && isListed(source) && crossesAnalyzers(from, to))
    return `none of the ${source} imports another`
  const allowed: readonly string[] = layers.engine[source as keyof typeof layers.engine] ?? []
  return allowed.includes(target) ? null : `${source} may not import ${target}`
}

function layerOf(path: string): string {
  const folder = path.split('/')[0]
  if (path.includes('/')) return folder
  for (const [layer, files] of Object.entries(layers.engineFiles)) if (files.includes(path)) return layer
  return `no layer for ${path}`
}

function isListed(layer: string): boolean {
  return layer === 'analyzers' || layer === 'detectors'
}

/**
 * Analyzers and detectors are the files directly in their folder; what lies below is shared support, or parts of the one with the
 * folder's name. What a detector is, is in a file of its own.
 */
function crossesAnalyzers(from: string, to: string): boolean {
  const [, name, below] = to.split('/')
  const isOne = below === undefined && name !== 'index.ts' && name !== 'detector.ts'
  return !from.endsWith('/index.ts') && isOne
}

describe('layers', () => {
  it('are respected by every import line', () => {
    const lines = importLines()
    expect(lines.length).toBeGreaterThan(300)
    const wrong = lines.flatMap((line) => {
      const reason = violation(line)
      return reason === null ? [] : [`${line.file} -> ${line.target}: ${reason}`]
    })
    expect(wrong).toEqual([])
  })

  it.each([
    ['packages/engine/src/capture/pcap.ts', '../decode/walk.ts'],
    ['packages/engine/src/decode/ipv4.ts', '../analyzers/index.ts'],
    ['packages/engine/src/analyzers/dns.ts', './icmp.ts'],
    ['packages/engine/src/detectors/flood.ts', './beacon.ts'],
    ['packages/engine/src/pipeline.ts', './analyzers/index.ts'],
    ['packages/engine/src/decode/ipv4.ts', 'node:fs'],
    ['packages/engine/src/analyze.ts', '@pcap-analyzer/cli'],
  ])('catch a planted violation: %s -> %s', (file, target) => {
    expect(violation({ file, target })).not.toBeNull()
  })
})
