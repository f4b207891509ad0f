import { Refused } from './api.ts'
import type { Language } from './preferences.ts'
import { generalWords } from './words/general.ts'
import { refusalWords } from './words/refusals.ts'

/** Codes are known as they come; what a sentence asks for stands in the answer. */
type SayAny = (key: string, values?: object) => string

/** Why something did not work, in the language of the page: by the code of the refusal, else in the words of the service. */
export function refusalText(error: unknown, language: Language): string {
  if (!(error instanceof Refused)) return generalWords[language]('offline')
  return codeText(error.code, error.message, language, error.fields)
}

/** The sentence of a code; where it has none, what the service said. */
export function codeText(code: string, said: string, language: Language, values?: object): string {
  return sentence(`codes.${code}`, language, values) ?? said
}

/** Why a field is refused, by the type that the service names, else in its words. */
export function fieldRefusalText({ type, said }: { type: string; said: string }, language: Language): string {
  return sentence(type.includes('.') ? type : `fields.${type}`, language) ?? said
}

function sentence(key: string, language: Language, values?: object): string | null {
  return key in refusalWords.messages[language] ? (refusalWords[language] as unknown as SayAny)(key, values) : null
}
