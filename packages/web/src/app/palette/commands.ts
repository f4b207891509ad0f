import { useLocation } from 'preact-iso/router'
import { useSession } from '../session/session.tsx'
import { useShowing } from '../session/showing.tsx'
import { paletteWords } from '../words/palette.ts'

/** Something that can be done from everywhere. */
export interface Command {
  readonly id: string
  readonly label: string
  /** Keys typed one after the other, outside of fields; none for commands of the palette alone. */
  readonly keys: string | null
  act(): void
}

/** What whoever is logged in can do. */
export function useCommands(): Command[] {
  const { words, language, theme, setLanguage, setTheme } = useShowing()
  const { user, logOut } = useSession()
  const { route } = useLocation()
  const own = paletteWords[language]
  const go = (path: string, name: string, keys: string | null): Command => ({
    id: path,
    label: own('goTo', { page: name }),
    keys,
    act: () => route(path),
  })
  const isReady = user !== null && user !== undefined && !user.password_must_change
  const isDark = theme === 'dark' || (theme === 'auto' && window.matchMedia('(prefers-color-scheme: dark)').matches)
  return [
    ...(isReady
      ? [
          go('/', words('upload'), 'g u'),
          go('/history', words('history'), 'g h'),
          go('/compare', own('compare'), 'g c'),
          go('/account', words('account'), 'g a'),
          ...(user.role === 'admin' ? [go('/admin', words('users'), 'g m')] : []),
        ]
      : []),
    go('/about', own('about'), null),
    {
      id: 'private',
      label: own('goTo', { page: words('privately') }),
      keys: 'g p',
      act: () => location.assign('/private/'),
    },
    { id: 'theme', label: own('toggleTheme'), keys: 't', act: () => setTheme(isDark ? 'light' : 'dark') },
    {
      id: 'language',
      label: own('switchLanguage'),
      keys: null,
      act: () => setLanguage(language === 'en' ? 'fr' : 'en'),
    },
    ...(user ? [{ id: 'log-out', label: words('logOut'), keys: null, act: () => void logOut() }] : []),
  ]
}
