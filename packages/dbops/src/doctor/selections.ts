import type { Check } from '../command/outcome.ts'

/** When doctor is asked: what of it matters then. */
export const stages = ['dev', 'pre-deploy', 'post-deploy', 'weekly'] as const
export type Stage = (typeof stages)[number]

/** Whose list of checks is gone through. */
export const profiles = ['cis', 'seed-cmsvs', 'seed-frende', 'seed-contextforge', 'strict'] as const
export type Profile = (typeof profiles)[number]

/** Groups of checks (the first word of their ids) of each stage; null is every group. */
export const stageGroups: Readonly<Record<Stage, readonly string[] | null>> = {
  dev: ['roles', 'grants', 'rls', 'credentials', 'db'],
  // nobody works yet, so that what goes on tells nothing
  'pre-deploy': [
    ...['roles', 'grants', 'rls', 'credentials', 'db', 'tls', 'hba', 'settings', 'patches'],
    ...['backup', 'archive', 'audit', 'rotation', 'state', 'manual'],
  ],
  'post-deploy': null,
  weekly: [
    ...['credentials', 'db', 'tls', 'patches', 'backup', 'archive', 'audit', 'rotation', 'state', 'manual'],
    ...['activity', 'conn', 'monitoring'],
  ],
}

/** Groups of each profile; `cis` is what names a section of the CIS benchmark, `strict` is everything. */
export const profileGroups: Readonly<Record<Profile, readonly string[] | null>> = {
  cis: null,
  'seed-cmsvs': ['roles', 'grants', 'hba', 'settings', 'credentials', 'conn', 'manual'],
  'seed-frende': ['roles', 'tls', 'settings', 'monitoring', 'backup', 'archive', 'rotation', 'db'],
  'seed-contextforge': [
    ...['credentials', 'roles', 'grants', 'tls', 'hba', 'rotation', 'audit', 'state', 'backup', 'manual'],
  ],
  strict: null,
}

/** The checks of a stage and a profile; null does not choose. */
export function selectChecks(checks: readonly Check[], stage: Stage | null, profile: Profile | null): Check[] {
  const isIn = (groups: readonly string[] | null, { id }: Check): boolean =>
    groups === null || groups.includes(id.split('.')[0])
  return checks.filter(
    (check) =>
      (stage === null || isIn(stageGroups[stage], check)) &&
      (profile === null || isIn(profileGroups[profile], check)) &&
      (profile !== 'cis' || check.references?.some((reference) => reference.startsWith('CIS'))),
  )
}

/** Whether the stage decides about a deployment: then what somebody has to sign for holds it up. */
export function isGate(stage: Stage | null): boolean {
  return stage === 'pre-deploy' || stage === 'post-deploy'
}
