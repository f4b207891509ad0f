import type { Language } from '../language/translations.ts'

export type { Language }
export type Theme = 'auto' | 'light' | 'dark'

const THEME = 'pcap-analyzer.theme'
const LANGUAGE = 'pcap-analyzer.language'

/** The theme chosen in this browser; that of the system unless one was. */
export function storedTheme(): Theme {
  const stored = localStorage.getItem(THEME)
  return stored === 'light' || stored === 'dark' ? stored : 'auto'
}

export function storeTheme(theme: Theme): void {
  localStorage.setItem(THEME, theme)
  document.documentElement.dataset.theme = theme
}

/** The language chosen in this browser, else the browser's own. */
export function storedLanguage(): Language {
  const stored = localStorage.getItem(LANGUAGE)
  if (stored === 'en' || stored === 'fr') return stored
  return navigator.language.startsWith('fr') ? 'fr' : 'en'
}

export function storeLanguage(language: Language): void {
  localStorage.setItem(LANGUAGE, language)
  document.documentElement.lang = language
}
