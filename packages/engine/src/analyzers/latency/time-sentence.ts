import { countText, durationText, percentText } from '../../text/units.ts'
import { largest } from '../support/bounded-map.ts'
import { type Owner, owners, parts, waitedNs } from './parts.ts'

const names: Readonly<Record<string, string>> = {
  DNS: 'DNS',
  network: 'the network',
  server: 'the server',
  client: 'the client',
  transfer: 'the transfer',
} satisfies Record<Owner, string>

/** Time waited by whose it was; what nobody waited for is not in it. */
export function waitedByOwner(times: readonly number[]): ReadonlyMap<Owner, number> {
  const shares = new Map<Owner, number>()
  for (const [i, part] of parts.entries()) {
    if (part !== 'clientThink' && times[i] > 0) shares.set(owners[part], (shares.get(owners[part]) ?? 0) + times[i])
  }
  return shares
}

/**
 * Network, server or client, as one sentence: `It was the server: of the 1.20 s waited in 5 transactions the server took 744 ms (62.0 %),
 * the network 456 ms (38.0 %).` It was nobody alone where none took half of it; null when nobody waited.
 */
export function timeSentence(times: readonly number[], transactions: number): string | null {
  const waited = waitedNs(times)
  if (waited <= 0) return null
  const shares = waitedByOwner(times)
  const [first, ...others] = largest(shares, shares.size, (time) => time)
  if (first === undefined) return null
  const took = (ns: number) => `${durationText(ns)} (${percentText(ns, waited)})`
  const whose = 2 * first[1] >= waited ? names[first[0]] : 'no side alone'
  const whole = `of the ${durationText(waited)} waited in ${countText(transactions, 'transaction')}`
  const rest = others.map(([owner, ns]) => `, ${names[owner]} ${took(ns)}`).join('')
  return `It was ${whose}: ${whole} ${names[first[0]]} took ${took(first[1])}${rest}.`
}
