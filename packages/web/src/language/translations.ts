import { createIntl, createIntlCache, type IntlShape } from '@formatjs/intl'
import type { GetICUArgs } from '@schummar/icu-type-parser'

export type Language = 'en' | 'fr'

/** English with the day before the month and 24 hours, as it is read everywhere. */
const locales = { en: 'en-GB', fr: 'fr' } as const
const cache = createIntlCache()

/** Figures and dates as each language writes them. */
const made: Partial<Record<Language, IntlShape>> = {}
export function formatsOf(language: Language): IntlShape {
  made[language] ??= createIntl({ locale: locales[language] }, cache)
  return made[language]
}

interface Values {
  ICUArgument: string
  ICUNumberArgument: number
  ICUDateArgument: Date
}
type ValuesOf<Message extends string> = GetICUArgs<Message, Values>

/**
 * Says a message by its key. A key that there is not, and a value that the message asks for and does not get, do not compile.
 */
export type Say<Messages> = <Key extends keyof Messages & string>(
  key: Key,
  ...values: Messages[Key] extends infer Message extends string
    ? keyof ValuesOf<Message> extends never
      ? []
      : [values: ValuesOf<Message>]
    : never
) => string

/** Messages in the ICU format, by language. */
export interface Translations<Messages> {
  readonly en: Say<Messages>
  readonly fr: Say<Messages>
  /** As they are written, for whoever checks them. */
  readonly messages: Readonly<Record<Language, Readonly<Record<keyof Messages & string, string>>>>
}

/** The messages of a part of the pages: English gives the keys, every other language has them all. */
export function translations<const Messages extends Readonly<Record<string, string>>>(
  en: Messages,
  fr: Readonly<Record<keyof Messages, string>>,
): Translations<Messages> {
  return { en: sayIn('en', en), fr: sayIn('fr', fr), messages: { en, fr } }
}

function sayIn(language: Language, messages: Readonly<Record<string, string>>): Say<never> {
  // made when something is said: most parts are not on the page, and half of them in the other language
  let intl: IntlShape | undefined
  const say = (id: string, values?: Record<string, string | number | Date>) => {
    intl ??= createIntl({ locale: locales[language], messages: { ...messages } }, cache)
    return intl.formatMessage({ id }, values)
  }
  return say as Say<never>
}
