import type { FunctionComponent } from 'preact'
import { useEffect } from 'preact/hooks'
import lazy from 'preact-iso/lazy'
import { Route, Router, useLocation } from 'preact-iso/router'
import { NotFoundPage } from './pages/not-found.tsx'
import { NotLoadedPage } from './pages/not-loaded.tsx'
import { Page, Skeleton } from './parts/page.tsx'
import { type Audience, type PageFile, pageAt, pagePaths, pages } from './paths.ts'
import { useSession } from './session/session.tsx'
import { useShowing } from './session/showing.tsx'

/** How each page is loaded; with it comes what it alone needs, as the viewer with the report. */
const loads: Readonly<Record<PageFile, () => Promise<FunctionComponent>>> = {
  upload: () => import('./pages/upload.tsx').then(({ UploadPage }) => UploadPage),
  login: () => import('./pages/login.tsx').then(({ LoginPage }) => LoginPage),
  register: () => import('./pages/register.tsx').then(({ RegisterPage }) => RegisterPage),
  'forgot-password': () => import('./pages/forgot-password.tsx').then(({ ForgotPasswordPage }) => ForgotPasswordPage),
  'reset-password': () => import('./pages/reset-password.tsx').then(({ ResetPasswordPage }) => ResetPasswordPage),
  'change-password': () => import('./pages/change-password.tsx').then(({ ChangePasswordPage }) => ChangePasswordPage),
  account: () => import('./pages/account.tsx').then(({ AccountPage }) => AccountPage),
  progress: () => import('./pages/progress.tsx').then(({ ProgressPage }) => ProgressPage),
  report: () => import('./pages/report.tsx').then(({ ReportPage }) => ReportPage),
  packets: () => import('./pages/packets.tsx').then(({ PacketsPage }) => PacketsPage),
  history: () => import('./pages/history.tsx').then(({ HistoryPage }) => HistoryPage),
  compare: () => import('./pages/compare.tsx').then(({ ComparePage }) => ComparePage),
  admin: () => import('./pages/admin.tsx').then(({ AdminPage }) => AdminPage),
  audit: () => import('./pages/audit.tsx').then(({ AuditPage }) => AuditPage),
  system: () => import('./pages/system.tsx').then(({ SystemPage }) => SystemPage),
  about: () => import('./pages/about.tsx').then(({ AboutPage }) => AboutPage),
}

const loaded = new Map(
  pagePaths.map((path) => {
    const { file, audience } = pages[path]
    const page = lazy(() => loads[file]().catch(() => NotLoadedPage))
    return [path, { page, shown: guarded(page, audience) }] as const
  }),
)
/** What the first address wants is run as soon as it is there, beside the question who is logged in. */
const first = pageAt(location.pathname)
if (first !== null) void loaded.get(first)?.page.preload()

/** A page for those it is for; whoever is not logged in is led to the login and back. */
function guarded(Inner: FunctionComponent, audience: Audience): FunctionComponent {
  if (audience === 'anybody') return Inner
  return function GuardedPage() {
    const { user } = useSession()
    const { url, path, route } = useLocation()
    const { words } = useShowing()
    const mustChange = user?.password_must_change === true && path !== '/change-password'
    useEffect(() => {
      if (user === null) route(url === '/' ? '/login' : `/login?returnUrl=${encodeURIComponent(url)}`, true)
      else if (mustChange) route('/change-password', true)
    }, [user, mustChange])
    if (user === null || user === undefined || mustChange) {
      return (
        <Page title={words('loading')}>
          <Skeleton />
        </Page>
      )
    }
    return audience === 'admins' && user.role !== 'admin' ? <NotFoundPage /> : <Inner />
  }
}

/** Every page by its address. */
export function Pages() {
  return (
    <Router>
      {[...loaded].map(([path, { shown }]) => (
        <Route key={path} path={path} component={shown} />
      ))}
      <Route default component={NotFoundPage} />
    </Router>
  )
}
