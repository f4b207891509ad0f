import type { FunctionComponent } from 'preact'
import { useEffect } from 'preact/hooks'
import lazy from 'preact-iso/lazy'
import { Route, Router, useLocation } from 'preact-iso/router'
import { AboutPage } from './pages/about.tsx'
import { ChangePasswordPage } from './pages/change-password.tsx'
import { ForgotPasswordPage } from './pages/forgot-password.tsx'
import { LoginPage } from './pages/login.tsx'
import { NotFoundPage } from './pages/not-found.tsx'
import { ProgressPage } from './pages/progress.tsx'
import { RegisterPage } from './pages/register.tsx'
import { ResetPasswordPage } from './pages/reset-password.tsx'
import { UploadPage } from './pages/upload.tsx'
import { Page, Skeleton } from './parts/page.tsx'
import { useSession } from './session/session.tsx'
import { useShowing } from './session/showing.tsx'

/** The viewer is loaded with the first report, the language of filters with the first packets, tables with the first list. */
const AccountPage = lazy(() => import('./pages/account.tsx').then((module) => module.AccountPage))
const HistoryPage = lazy(() => import('./pages/history.tsx').then((module) => module.HistoryPage))
const ReportPage = lazy(() => import('./pages/report.tsx').then((module) => module.ReportPage))
const PacketsPage = lazy(() => import('./pages/packets.tsx').then((module) => module.PacketsPage))
const ComparePage = lazy(() => import('./pages/compare.tsx').then((module) => module.ComparePage))
const AdminPage = lazy(() => import('./pages/admin.tsx').then((module) => module.AdminPage))
const AuditPage = lazy(() => import('./pages/audit.tsx').then((module) => module.AuditPage))
const SystemPage = lazy(() => import('./pages/system.tsx').then((module) => module.SystemPage))

/** What the first address wants is fetched at once, beside the question who is logged in. */
const byAddress = [
  [/^\/reports\/[^/]+$/, ReportPage],
  [/^\/reports\/[^/]+\/packets$/, PacketsPage],
  [/^\/history$/, HistoryPage],
  [/^\/account$/, AccountPage],
  [/^\/compare$/, ComparePage],
  [/^\/admin$/, AdminPage],
] as const
for (const [pattern, page] of byAddress) if (pattern.test(location.pathname)) void page.preload()

/** A page for those who are logged in; others are led to the login and back. */
function privatePage(Inner: FunctionComponent, forWhom: 'all' | 'admin' = 'all'): FunctionComponent {
  return function PrivatePage() {
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
    return forWhom === 'admin' && user.role !== 'admin' ? <NotFoundPage /> : <Inner />
  }
}

const Upload = privatePage(UploadPage)
const Change = privatePage(ChangePasswordPage)
const Account = privatePage(AccountPage)
const Progress = privatePage(ProgressPage)
const Report = privatePage(ReportPage)
const Packets = privatePage(PacketsPage)
const History = privatePage(HistoryPage)
const Compare = privatePage(ComparePage)
const Admin = privatePage(AdminPage, 'admin')
const Audit = privatePage(AuditPage, 'admin')
const System = privatePage(SystemPage, 'admin')

/** Every page by its address. */
export function Pages() {
  return (
    <Router>
      <Route path="/" component={Upload} />
      <Route path="/login" component={LoginPage} />
      <Route path="/register" component={RegisterPage} />
      <Route path="/forgot-password" component={ForgotPasswordPage} />
      <Route path="/reset-password" component={ResetPasswordPage} />
      <Route path="/change-password" component={Change} />
      <Route path="/account" component={Account} />
      <Route path="/progress/:id" component={Progress} />
      <Route path="/reports/:id" component={Report} />
      <Route path="/reports/:id/packets" component={Packets} />
      <Route path="/history" component={History} />
      <Route path="/compare" component={Compare} />
      <Route path="/admin" component={Admin} />
      <Route path="/admin/audit" component={Audit} />
      <Route path="/admin/system" component={System} />
      <Route path="/about" component={AboutPage} />
      <Route default component={NotFoundPage} />
    </Router>
  )
}
