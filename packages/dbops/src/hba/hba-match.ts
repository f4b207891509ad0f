import { BlockList, isIP } from 'node:net'
import type { HbaRule, HbaWord } from './hba-rule.ts'

/** Somebody who wants in. */
export interface HbaAttempt {
  readonly database: string
  readonly user: string
  /** Roles the user is in, directly or not. */
  readonly groups: readonly string[]
  /** Address of the client; null over a socket. */
  readonly address: string | null
  readonly isTls: boolean
  readonly isReplication: boolean
}

/** The first rule that speaks of the attempt; null when none does, which refuses it. */
export function firstMatch(rules: readonly HbaRule[], attempt: HbaAttempt): HbaRule | null {
  return rules.find((rule) => matches(rule, attempt)) ?? null
}

function matches(rule: HbaRule, attempt: HbaAttempt): boolean {
  return (
    typeMatches(rule, attempt) &&
    rule.databases.some((word) => databaseMatches(word, attempt)) &&
    rule.users.some((word) => userMatches(word, attempt)) &&
    addressMatches(rule, attempt)
  )
}

function typeMatches({ type }: HbaRule, { address, isTls }: HbaAttempt): boolean {
  if (address === null) return type === 'local'
  if (type === 'hostssl') return isTls
  if (type === 'hostnossl') return !isTls
  return type === 'host' || type === 'hostnogssenc'
}

function databaseMatches({ text, isQuoted }: HbaWord, { database, user, groups, isReplication }: HbaAttempt): boolean {
  if (!isQuoted && text === 'replication') return isReplication
  if (isReplication) return false
  if (isQuoted) return text === database
  if (text === 'all') return true
  if (text === 'sameuser') return database === user
  if (text === 'samerole' || text === 'samegroup') return database === user || groups.includes(database)
  return text === database
}

function userMatches({ text, isQuoted }: HbaWord, { user, groups }: HbaAttempt): boolean {
  if (!isQuoted && text === 'all') return true
  if (!isQuoted && text.startsWith('+')) return text.slice(1) === user || groups.includes(text.slice(1))
  return text === user
}

/** Names of hosts are not resolved here: such a rule matches only loopback names. */
function addressMatches({ type, address }: HbaRule, attempt: HbaAttempt): boolean {
  if (type === 'local' || address === null || attempt.address === null) return type === 'local'
  if (address === 'all') return true
  const isLoopback = attempt.address === '::1' || attempt.address.startsWith('127.')
  if (address === 'samehost' || address === 'samenet' || address === 'localhost') return isLoopback
  const [network, prefix] = address.split('/')
  const family = isIP(network)
  if (prefix === undefined || family === 0 || family !== isIP(attempt.address)) return false
  const kind = family === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(network, Number(prefix), kind)
  return list.check(attempt.address, kind)
}

/** Whether everything that the later rule speaks of is caught by the earlier one, so that it never applies. */
export function isShadowed(later: HbaRule, earlier: HbaRule): boolean {
  return (
    typeCovers(earlier, later) &&
    wordsCover(earlier.databases, later.databases, ['replication']) &&
    wordsCover(earlier.users, later.users, []) &&
    addressCovers(earlier, later)
  )
}

function typeCovers({ type: wide }: HbaRule, { type: narrow }: HbaRule): boolean {
  return wide === narrow || (wide === 'host' && narrow !== 'local')
}

function wordsCover(wide: readonly HbaWord[], narrow: readonly HbaWord[], notInAll: readonly string[]): boolean {
  const hasAll = wide.some(({ text, isQuoted }) => text === 'all' && !isQuoted)
  return narrow.every(
    (word) =>
      (hasAll && (word.isQuoted || !notInAll.includes(word.text))) ||
      wide.some(({ text, isQuoted }) => text === word.text && isQuoted === word.isQuoted),
  )
}

function addressCovers(wide: HbaRule, narrow: HbaRule): boolean {
  if (narrow.type === 'local') return true
  if (wide.address === 'all' || wide.address === narrow.address) return true
  const [wideNetwork, widePrefix] = (wide.address ?? '').split('/')
  const [network, prefix] = (narrow.address ?? '').split('/')
  const family = isIP(network)
  if (prefix === undefined || widePrefix === undefined || family === 0 || family !== isIP(wideNetwork)) return false
  if (Number(widePrefix) > Number(prefix)) return false
  const list = new BlockList()
  list.addSubnet(wideNetwork, Number(widePrefix), family === 4 ? 'ipv4' : 'ipv6')
  return list.check(network, family === 4 ? 'ipv4' : 'ipv6')
}
