import type { Field } from '../field.ts'
import type { FilterLanguage } from '../sentences/index.ts'
import { fr } from './fr.ts'

/** What a field is, in a language; English stands with the field itself. */
export function describeField({ name, type, description }: Field, language: FilterLanguage): string {
  if (language === 'en') return description
  return fr[name] ?? (type === 'protocol' ? `trames qui contiennent ${name}` : description)
}
