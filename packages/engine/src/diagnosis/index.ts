export { type HealthSetting, healthSettings } from './health-settings.ts'
export { healthScore } from './health-score.ts'
export { notSeen } from './not-seen.ts'
export { SectionFacts } from './section-facts.ts'
