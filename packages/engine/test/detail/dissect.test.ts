import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DetailNode, dissect } from '../../src/detail/index.ts'
import { readFile } from '../../src/node/index.ts'
import { CaptureRun, type Packet, withLimits } from '../../src/observe.ts'

const root = join(import.meta.dirname, '../../../..')
const samples = globSync('samples/*.pcap', { cwd: root }).map((path) => join(root, path))
const hasTshark = spawnSync('tshark', ['--version']).status === 0
if (!hasTshark) console.error('\n*** NO TSHARK: places and values of fields are NOT compared with it ***\n')

interface Frame {
  readonly number: number
  readonly bytes: Uint8Array
  readonly linkType: number
}

async function framesOf(path: string, most: number): Promise<Frame[]> {
  const frames: Frame[] = []
  const frame = ({ number, bytes, start, end, linkType }: Packet) => {
    if (frames.length < most) frames.push({ number, bytes: bytes.slice(start, end), linkType })
  }
  const run = new CaptureRun(withLimits(undefined), [{ frame }], { ownView: false, protocols: false })
  await readFile(run, path)
  run.finish()
  return frames
}

/** The laws of a dissection: layers cover the frame in order, and what is inside lies inside. */
function checkPlaces(nodes: readonly DetailNode[], length: number): void {
  let at = 0
  for (const node of nodes) {
    expect(node.start, node.label).toBe(at)
    at += node.length
    checkInside(node)
  }
  expect(at).toBe(length)
}

function checkInside(node: DetailNode): void {
  for (const child of node.children) {
    expect(child.start, `${node.label}/${child.label}`).toBeGreaterThanOrEqual(node.start)
    expect(child.start + child.length, `${node.label}/${child.label}`).toBeLessThanOrEqual(node.start + node.length)
    checkInside(child)
  }
}

describe('the dissection of a frame', () => {
  it.each(samples.map((path) => [basename(path), path]))('accounts for every byte of %s', async (_name, path) => {
    for (const { bytes, linkType } of await framesOf(path, 2000)) {
      const { nodes, payloadStart } = dissect(bytes, linkType)
      checkPlaces(nodes, bytes.length)
      expect(payloadStart).toBeLessThanOrEqual(bytes.length)
    }
  })

  it('accounts for every byte of anything, and never throws', async () => {
    const [path] = samples
    const real = await framesOf(path, 200)
    const anything = fc.oneof(
      fc.tuple(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(0, 1, 12, 101, 113, 228, 229, 276, 9999)),
      fc.tuple(fc.constantFrom(...real), fc.nat(199), fc.nat(255), fc.nat(300)).map(([frame, at, value, cut]) => {
        const bytes = frame.bytes.slice(0, Math.max(0, frame.bytes.length - (cut > 200 ? cut - 200 : 0)))
        if (at < bytes.length) bytes[at] = value
        return [bytes, frame.linkType] as const
      }),
    )
    fc.assert(
      fc.property(anything, ([bytes, linkType]) => checkPlaces(dissect(bytes, linkType).nodes, bytes.length)),
      { numRuns: 1500 },
    )
  })

  it.skipIf(!hasTshark).each(samples.map((path) => [basename(path), path]))(
    'finds the fields of %s where tshark finds them',
    async (_name, path) => {
      const places = placesOfTshark(path, 300)
      let compared = 0
      for (const { number, bytes, linkType } of await framesOf(path, 300)) {
        for (const node of flat(dissect(bytes, linkType).nodes)) {
          const [, name] = /^([a-z_0-9.]+) == /.exec(node.filter ?? '') ?? []
          if (name === undefined) continue
          const known = places.get(`${number} ${name}`)
          if (known === undefined) continue
          // the line of an HTTP answer is one node of ours; its code stands within
          const isThere = known.some((at) => at >= node.start && at < node.start + node.length)
          expect(isThere, `frame ${number} ${name} at ${node.start}, tshark ${known}`).toBe(true)
          compared++
        }
      }
      expect(compared).toBeGreaterThan(100)
    },
  )
})

function flat(nodes: readonly DetailNode[]): DetailNode[] {
  return nodes.flatMap((node) => [node, ...flat(node.children)])
}

/** Where tshark says that fields stand: by frame and name. */
function placesOfTshark(path: string, most: number): Map<string, number[]> {
  const { stdout } = spawnSync('tshark', ['-r', path, '-T', 'pdml', '-c', String(most)], {
    maxBuffer: 1 << 29,
    encoding: 'utf8',
  })
  const places = new Map<string, number[]>()
  let frame = 0
  for (const line of stdout.split('\n')) {
    if (line.includes('<packet>')) frame++
    const [, name, at] = /<field name="([^"]+)".* pos="(\d+)"/.exec(line) ?? []
    if (name === undefined) continue
    const key = `${frame} ${name}`
    places.set(key, [...(places.get(key) ?? []), Number(at)])
  }
  return places
}
