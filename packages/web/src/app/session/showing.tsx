import { type ComponentChildren, createContext } from 'preact'
import { useContext, useEffect, useState } from 'preact/hooks'
import { type Language, storedLanguage, storedTheme, storeLanguage, storeTheme, type Theme } from '../preferences.ts'
import { generalWords } from '../words/general.ts'

export interface Showing {
  readonly words: (typeof generalWords)[Language]
  readonly language: Language
  readonly theme: Theme
  setLanguage(language: Language): void
  setTheme(theme: Theme): void
}

const ShowingContext = createContext<Showing | null>(null)

/** Language and theme of every page. */
export function ShowingProvider({ children }: { children?: ComponentChildren }) {
  const [language, setLanguage] = useState(storedLanguage)
  const [theme, setTheme] = useState(storedTheme)
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const showing: Showing = {
    words: generalWords[language],
    language,
    theme,
    setLanguage(chosen) {
      storeLanguage(chosen)
      setLanguage(chosen)
    },
    setTheme(chosen) {
      storeTheme(chosen)
      setTheme(chosen)
    },
  }
  return <ShowingContext.Provider value={showing}>{children}</ShowingContext.Provider>
}

export function useShowing(): Showing {
  const showing = useContext(ShowingContext)
  if (showing === null) throw new Error('outside of language and theme')
  return showing
}
