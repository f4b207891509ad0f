import type { Conclusion, Finding } from '../finding.ts'
import { english } from './en/index.ts'
import { french } from './fr/index.ts'
import type { Catalogue, Language } from './words.ts'

const catalogues: Readonly<Record<Language, Catalogue>> = { en: english, fr: french }

/** Puts a conclusion in words. A kind without words is a mistake in the program, which the tests of every kind find. */
export function narrate(conclusion: Conclusion, language: Language, limitedBy: readonly string[] = []): Finding {
  const { values, hypotheses, attack, samples, isAbsence: _, explains: __, causedBy: ___, ...judgment } = conclusion
  const words = catalogues[language][conclusion.kind]
  if (words === undefined) throw new Error(`no words in ${language} for findings of kind ${conclusion.kind}`)
  return {
    ...judgment,
    summary: words.summary(values),
    values,
    samples: samples ?? null,
    nextStep: typeof words.nextStep === 'string' ? words.nextStep : words.nextStep(values),
    hypotheses: hypotheses.map(({ id, accepted, values: decided }) => {
      const told = words.hypotheses?.[id]
      if (told === undefined) throw new Error(`no words in ${language} for hypothesis ${id} of ${conclusion.kind}`)
      return { id, statement: told.statement, accepted, because: told.because(decided), values: decided }
    }),
    limitedBy,
    attack: attack ?? [],
    innocentExplanations: words.innocentExplanations ?? [],
    confirmOrRefute: words.confirmOrRefute ?? [],
  }
}
