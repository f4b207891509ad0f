import { english } from './letters/en.ts'
import { french } from './letters/fr.ts'
import type { MailKind, MailPlaces, MailValues } from './letters/letter.ts'

/** Subject, text and HTML of a mail, in French for those who chose it and in English for all others. */
export function mailOf(kind: MailKind, values: MailValues, places: MailPlaces, language: string) {
  const words = language === 'fr' ? french : english
  const { subject, lines } = words.letters[kind]
  const paragraphs = [
    words.greeting(values.recipient ?? ''),
    ...lines(values, places),
    words.questions(places.supportEmail),
  ]
  return {
    subject: words.subject(subject),
    text: `${paragraphs.join('\n\n')}\n`,
    html: `<!doctype html><html lang="${words.language}"><head><meta charset="utf-8"></head><body>${paragraphs.map((one) => `<p>${linked(one)}</p>`).join('')}</body></html>`,
  }
}

/** Escaped; addresses of the service become links. */
function linked(text: string): string {
  return escaped(text).replace(/https?:\/\/\S+/g, (url) => `<a href="${url}">${url}</a>`)
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
}
