import { describe, expect, it } from 'vitest'
import { addressScope, leavesSite } from '../../src/detectors/support/address-scope.ts'

describe('addressScope', () => {
  it.each([
    ['10.0.0.1', 'inside'],
    ['172.31.255.1', 'inside'],
    ['172.32.0.1', 'outside'],
    ['192.168.4.5', 'inside'],
    ['192.168.4.255', 'group'],
    ['100.64.0.1', 'inside'],
    ['100.128.0.1', 'outside'],
    ['169.254.1.1', 'link'],
    ['127.0.0.1', 'host'],
    ['224.0.0.251', 'group'],
    ['203.0.113.7', 'outside'],
    ['8.8.8.8', 'outside'],
    ['fd12::1', 'inside'],
    ['fe80::1', 'link'],
    ['ff02::1', 'group'],
    ['::1', 'host'],
    ['::', 'host'],
    ['2001:db8::1', 'outside'],
    ['::ffff:10.0.0.1', 'inside'],
  ] as const)('says of %s: %s', (address, scope) => {
    expect(addressScope(address)).toBe(scope)
  })
})

describe('leavesSite', () => {
  it.each([
    ['192.168.1.5', '203.0.113.7', true],
    ['132.235.67.36', '132.235.67.21', false],
    ['2001:db8:1:2::5', '2001:db8:1:9::6', false],
    ['2001:db8:1:2::5', '2001:db8:2::6', true],
    ['192.168.1.5', '10.0.0.1', false],
  ])('from %s to %s: %s', (source, target, leaves) => {
    expect(leavesSite(source, target)).toBe(leaves)
  })
})
