import type { ComponentChildren } from 'preact'
import { useLocation } from 'preact-iso/router'
import { Keyboard } from './palette/keyboard.tsx'
import { publicPaths } from './paths.ts'
import type { Language, Theme } from './preferences.ts'
import { useSession } from './session/session.tsx'
import { useShowing } from './session/showing.tsx'
import { paletteWords } from './words/palette.ts'

/** What stands on every page: where one can go, who one is, language and theme; in its place before it is known, so that nothing moves. */
export function Shell({ children }: { children: ComponentChildren }) {
  const { words, language } = useShowing()
  return (
    <>
      <a class="skip" href="#content">
        {words('skip')}
      </a>
      <header class="shell">
        <a class="brand" href="/">
          {words('product')}
        </a>
        <Pages />
        <Choices />
        <Account />
      </header>
      <div class="room">{children}</div>
      <footer class="foot">
        <a href="/about">{paletteWords[language]('about')}</a> <kbd>?</kbd> <kbd>Ctrl K</kbd>
      </footer>
      <Keyboard />
    </>
  )
}

function Pages() {
  const { words } = useShowing()
  const { user } = useSession()
  const { path } = useLocation()
  // until it is known who is logged in there is room for what most will see
  const isReady = user !== null && user?.password_must_change !== true
  const links = [
    ...(isReady
      ? [
          ['/', words('upload')],
          ['/history', words('history')],
          ...(user?.role === 'admin' ? [['/admin', words('users')]] : []),
        ]
      : []),
    ['/private/', words('privately')],
  ]
  return (
    <nav aria-label={words('menu')} class={user === undefined ? 'unknown' : ''}>
      {links.map(([href, word]) => (
        <a key={href} href={href} {...(href === path ? { 'aria-current': 'page' as const } : {})}>
          {word}
        </a>
      ))}
    </nav>
  )
}

function Choices() {
  const { words, language, theme, setLanguage, setTheme } = useShowing()
  return (
    <div class="choices">
      <select
        aria-label={words('language')}
        value={language}
        onChange={({ currentTarget }) => setLanguage(currentTarget.value as Language)}
      >
        <option value="en">English</option>
        <option value="fr">Français</option>
      </select>
      <select
        aria-label={words('theme')}
        value={theme}
        onChange={({ currentTarget }) => setTheme(currentTarget.value as Theme)}
      >
        <option value="auto">{words('auto')}</option>
        <option value="light">{words('light')}</option>
        <option value="dark">{words('dark')}</option>
      </select>
    </div>
  )
}

function Account() {
  const { words } = useShowing()
  const { user, logOut } = useSession()
  const { path } = useLocation()
  // who is logged in is not known at once; on pages that are for somebody there is room for a name until then
  if (user === null || (user === undefined && publicPaths.some((one) => one === path))) return null
  return (
    <div class={user === undefined ? 'account unknown' : 'account'}>
      <a href="/account" title={words('account')}>
        {user?.username ?? '\u00a0'}
      </a>
      <button type="button" onClick={() => void logOut()}>
        {words('logOut')}
      </button>
    </div>
  )
}
