import { describe, expect, it } from 'vitest'
import { analyze } from '../../src/analyze.ts'
import { phenomena } from '../../src/diagnosis/not-seen.ts'
import { english } from '../../src/narrative/en/index.ts'
import { buildPcap, TcpConversation, type TestFrame } from '../../src/testing/index.ts'

const client = { address: '192.0.2.1', port: 40_000 }
const server = { address: '198.51.100.2', port: 443 }

function download(): TestFrame[] {
  const tcp = new TcpConversation(client, server).open(0, 30e6)
  for (let i = 0; i < 10; i++)
    tcp.send('server', 40e6 + i * 1e6, { payload: new Uint8Array(100) }).send('client', 40e6 + i * 1e6 + 1e5)
  return tcp.frames
}

describe('what was not seen', () => {
  it('is told with the number looked at, where the capture gives occasion', async () => {
    const { notSeen } = await analyze([buildPcap(download())])
    expect(notSeen.map(({ text }) => text)).toEqual([
      'no lost or repeated segment in 10 segments with data; would have been visible: yes',
      'no SYN repeated, refused or without answer in 1 connection attempt; would have been visible: yes',
      'no closed receive window in 23 segments; would have been visible: yes',
      'no RST in 1 connection; would have been visible: yes',
    ])
  })

  it('says why the capture might not have shown it', async () => {
    const oneWay = download().filter((frame) => (frame as { bytes: Uint8Array }).bytes[26] === 198)
    const resets = (await analyze([buildPcap(oneWay)])).notSeen.find(({ id }) => id === 'resets')
    expect(resets).toMatchObject({ isVisible: false, of: 1 })
    expect(resets?.text).toContain('not surely, because 1 of 1 connection with data seen in one direction only')
  })

  it('is nothing in a capture without occasion', async () => {
    expect((await analyze([buildPcap([])])).notSeen).toEqual([])
  })

  it('goes by kinds of findings and facts that exist', async () => {
    const { sections } = await analyze([buildPcap([])])
    const facts = new Set(sections.flatMap(({ id, facts }) => facts.map(({ key }) => `${id}.${key}`)))
    for (const { kinds, of } of phenomena) {
      expect(facts).toContain(of)
      for (const kind of kinds) expect(Object.keys(english)).toContain(kind)
    }
  })
})
