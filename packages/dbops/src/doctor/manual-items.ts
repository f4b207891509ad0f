import type { Check, Tier } from '../command/outcome.ts'

/** What no query can see: somebody looks, and signs for it until a day. */
export interface ManualItem {
  readonly id: string
  readonly title: string
  readonly tier: Tier
  /** How to look. */
  readonly advice: string
}

export const manualItems: readonly ManualItem[] = [
  {
    id: 'manual.firewall',
    title: 'the port of the server is reached only from where it must be',
    tier: 'critical',
    advice:
      'try the port from outside, read the rules of firewall and cloud; dbops lint listeners tells where it listens',
  },
  {
    id: 'manual.copy-off-host',
    title: 'a copy of the backups lies on another machine, out of reach of this one',
    tier: 'critical',
    advice: 'dbops backup push, and rights on the store that do not let this machine delete',
  },
  {
    id: 'manual.backup-keys',
    title: 'the private keys of backups are kept twice, away from the backups',
    tier: 'critical',
    advice: 'dbops backup verify with each copy of the key',
  },
  {
    id: 'manual.shell-access',
    title: 'the machine is entered by keys of known people only',
    tier: 'recommended',
    advice: 'PasswordAuthentication no in sshd_config; read every authorized_keys',
  },
  {
    id: 'manual.system-updates',
    title: 'the operating system gets its security updates',
    tier: 'recommended',
    advice: 'unattended-upgrades, or a date for them',
  },
  {
    id: 'manual.alerts',
    title: 'somebody reads the alerts, and was reached by one',
    tier: 'recommended',
    advice: 'dbops alert send, and an answer of who is on duty',
  },
  {
    id: 'manual.break-glass',
    title: 'the way in for emergencies was tried',
    tier: 'recommended',
    advice: 'dbops emergency open and close on a day without one',
  },
  {
    id: 'manual.access-review',
    title: 'everybody who has a login still needs it',
    tier: 'recommended',
    advice: 'dbops roles diff, dbops audit list',
  },
]

/** As checks that nobody signed for. */
export function manualChecks(): Check[] {
  return manualItems.map(({ id, title, tier, advice }) => ({
    id,
    title,
    tier,
    verdict: 'manual',
    evidence: `nobody signed for it; ${advice}`,
    remediation: `dbops signoff add ${id} --by … --until … --reason …`,
  }))
}
