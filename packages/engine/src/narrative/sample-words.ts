import { count as countEnglish } from './en/format.ts'
import { count as countFrench } from './fr/format.ts'
import type { Language } from './words.ts'

/** How it is told that there are few samples. */
interface SampleWords {
  /** Why a finding is less sure. */
  few(samples: number): string
  /** Instead of a percentile. */
  tooFew(samples: number): string
}

export const sampleWords: Readonly<Record<Language, SampleWords>> = {
  en: {
    few: (samples) => `it rests on ${countEnglish(samples, 'sample')} only`,
    tooFew: (samples) => (samples === 0 ? 'no samples' : `${countEnglish(samples, 'sample')}: too few to tell`),
  },
  fr: {
    few: (samples) => `ne repose que sur ${countFrench(samples, 'mesure')}`,
    tooFew: (samples) =>
      samples === 0 ? 'aucune mesure' : `${countFrench(samples, 'mesure')} : trop peu pour conclure`,
  },
}
