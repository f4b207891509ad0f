import { describe, expect, it } from 'vitest'
import {
  addText,
  distinctTexts,
  mergeBottomHashes,
  newBottomHashes,
} from '../../src/detectors/dns-tunnel/bottom-hashes.ts'
import { registeredName } from '../../src/detectors/dns-tunnel/public-suffixes.ts'
import { dnsMessage } from '../../src/testing/index.ts'
import { datagram, detect, pseudoRandom, type StoryFrame, times } from './detection.ts'

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
const TXT = 16

/** Questions of one host, 200 ms apart. */
function questions(names: readonly string[], type = 1, address = '10.1.0.5', port = 53): StoryFrame[] {
  const resolver = { address: address.includes(':') ? 'fd00::53' : '10.1.0.53', port }
  return names.map((name, i) => {
    const message = dnsMessage(i & 0xffff, name)
    message[message.length - 3] = type
    return datagram({ address, port: 20_000 + i }, resolver, i * 2e8, message)
  })
}

function randomText(length: number, random: () => number): string {
  return times(length, () => BASE32[Math.floor(random() * 32)]).join('')
}

/** Names as a tunnel makes them: so many random characters below a domain. */
function tunnelNames(count: number, length: number, domain: string): string[] {
  const random = pseudoRandom(3)
  return times(count, () => {
    const data = randomText(length, random)
    return `${data.slice(0, 60)}${length > 60 ? `.${data.slice(60)}` : ''}.${domain}`
  })
}

describe('DNS tunnels', () => {
  it('finds random names in questions for TXT', async () => {
    const [finding, ...others] = await detect(questions(tunnelNames(100, 90, 't.evil.net'), TXT))
    expect(others).toEqual([])
    expect(finding).toMatchObject({ kind: 'dns-tunnel', severity: 'high', attack: ['T1071.004', 'T1572'] })
    expect(finding.summary).toBe(
      '10.1.0.5 asked for 100 different names below evil.net within 19.8 s, 93 characters long on average: room for 9300 bytes of data',
    )
    expect(finding.hypotheses.map(({ accepted }) => accepted)).toEqual([true, true, true])
    expect(finding.evidence.total).toBe(100)
    expect(finding.innocentExplanations.length).toBeGreaterThan(0)
  })

  it('finds a tunnel below a public suffix of two labels, below a hosted name, and over IPv6', async () => {
    const domains = ['evil.co.uk', 'evil.duckdns.org', 'evil.ck.ck']
    for (const domain of domains) {
      const [finding] = await detect(questions(tunnelNames(60, 50, domain), 1, 'fd00::5'))
      expect(finding.summary).toContain(`fd00::5 asked for 60 different names below ${domain}`)
    }
  })

  it('finds commands fetched in TXT records, though the names are short', async () => {
    const [finding] = await detect(
      questions(
        times(40, (i) => `l.${i}.ns.evil.pl`),
        TXT,
      ),
    )
    expect(finding).toMatchObject({ kind: 'dns-tunnel', confidence: 'medium' })
    expect(finding.hypotheses.map(({ accepted }) => accepted)).toEqual([false, false, true])
  })

  it('is silent about many names below co.uk', async () => {
    expect(await detect(questions(times(200, (i) => `www.shop${i * 7919}.co.uk`)))).toEqual([])
  })

  it('is silent about content networks, block lists, reverse zones, multicast DNS and virus scanners', async () => {
    const random = pseudoRandom(5)
    const content = times(100, (i) => `e${i * 31}.dscb.akamaiedge.net`)
    const cloud = times(100, () => `${randomText(14, random)}.cloudfront.net`)
    const blockList = times(100, (i) => `${i}.113.0.203.zen.spamhaus.org`)
    const reverse = times(
      100,
      (i) =>
        `${i.toString(16).padStart(2, '0').split('').join('.')}.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa`,
    )
    const scanner = times(100, () => `0.0.0.0.1.0.0.4e.${randomText(26, random)}.avqs.mcafee.com`)
    const ordinary = [...content, ...cloud, ...blockList, ...reverse, ...scanner]
    expect(await detect(questions(ordinary))).toEqual([])
    expect(await detect(questions(tunnelNames(100, 50, 'printer.local'), 16, '10.1.0.5', 5353))).toEqual([])
  })

  it('is silent about one long name asked again and again', async () => {
    const [name] = tunnelNames(1, 80, 'telemetry.example')
    expect(
      await detect(
        questions(
          times(200, () => name),
          TXT,
        ),
      ),
    ).toEqual([])
  })
})

describe('registeredName', () => {
  it.each([
    ['www.example.com', 'example.com', 'www'],
    ['a.b.shop.co.uk', 'shop.co.uk', 'a.b'],
    ['x.shop.com.au', 'shop.com.au', 'x'],
    ['a.b.c.ck', 'b.c.ck', 'a'],
    ['a.www.ck', 'www.ck', 'a'],
    ['deep.project.github.io', 'project.github.io', 'deep'],
    ['bucket.s3.amazonaws.com', 'bucket.s3.amazonaws.com', ''],
    ['host.unlisted', 'host.unlisted', ''],
    ['WWW.Example.COM.', 'example.com', 'www'],
  ])('takes %s apart', (name, domain, subdomain) => {
    expect(registeredName(name)).toEqual({ domain, subdomain })
  })

  it.each(['com', 'co.uk', 'github.io', 'anything.ck'])('knows that %s is a suffix itself', (name) => {
    expect(registeredName(name)).toBeNull()
  })
})

describe('distinct texts', () => {
  it('are counted exactly while they are few, and within some percent of many, whatever the order', () => {
    const parts = times(3, newBottomHashes)
    const whole = newBottomHashes()
    for (let i = 0; i < 20_000; i++) {
      addText(whole, `name ${i}`)
      addText(parts[i % 3], `name ${i}`)
    }
    mergeBottomHashes(parts[2], parts[0])
    mergeBottomHashes(parts[2], parts[1])
    expect(distinctTexts(parts[2])).toBe(distinctTexts(whole))
    expect(Math.abs(distinctTexts(whole) / 20_000 - 1)).toBeLessThan(0.1)
    const few = newBottomHashes()
    for (let i = 0; i < 2000; i++) addText(few, `name ${i % 1000}`)
    expect(distinctTexts(few)).toBe(1000)
  })
})
