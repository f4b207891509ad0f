import { translations } from '../../language/translations.ts'
import { en } from './en.ts'
import { fr } from './fr.ts'

/** What stands on every page. */
export const generalWords = translations(en, fr)
