export { type JudgedQuality, judgeQuality } from './judge-quality.ts'
export { isMissing, limitConclusion } from './needs.ts'
export { QualityObserver } from './quality-observer.ts'
export { qualitySettings } from './settings.ts'
