/** Whom a page is for: anybody, those who are logged in, or administrators. */
export type Audience = 'anybody' | 'users' | 'admins'

/** Every page of the application by its address: the file of `pages` that shows it, and for whom. The service answers these addresses and no others. */
export const pages = {
  '/': { file: 'upload', audience: 'users' },
  '/login': { file: 'login', audience: 'anybody' },
  '/register': { file: 'register', audience: 'anybody' },
  '/forgot-password': { file: 'forgot-password', audience: 'anybody' },
  '/reset-password': { file: 'reset-password', audience: 'anybody' },
  '/change-password': { file: 'change-password', audience: 'users' },
  '/account': { file: 'account', audience: 'users' },
  '/progress/:id': { file: 'progress', audience: 'users' },
  '/reports/:id': { file: 'report', audience: 'users' },
  '/reports/:id/packets': { file: 'packets', audience: 'users' },
  '/history': { file: 'history', audience: 'users' },
  '/compare': { file: 'compare', audience: 'users' },
  '/admin': { file: 'admin', audience: 'admins' },
  '/admin/audit': { file: 'audit', audience: 'admins' },
  '/admin/system': { file: 'system', audience: 'admins' },
  '/about': { file: 'about', audience: 'anybody' },
} as const satisfies Readonly<Record<string, { readonly file: string; readonly audience: Audience }>>

export type PagePath = keyof typeof pages
export type PageFile = (typeof pages)[PagePath]['file']
export const pagePaths = Object.keys(pages) as PagePath[]

/** The page that an address of this origin leads to; null for none. */
export function pageAt(address: string): PagePath | null {
  const parts = address.split('/')
  const isAt = (path: string) => {
    const wanted = path.split('/')
    return (
      wanted.length === parts.length && wanted.every((one, i) => one === parts[i] || (one === ':id' && parts[i] !== ''))
    )
  }
  return pagePaths.find(isAt) ?? null
}

/** Pages for those who are not logged in. */
export const publicPaths = ['/login', '/register', '/forgot-password', '/reset-password'] as const

/** Where to go after logging in: only an address of this application, else the first page. */
export function safeReturnUrl(asked: string | undefined, origin: string): string {
  if (asked === undefined || !asked.startsWith('/')) return '/'
  const url = URL.canParse(asked, origin) ? new URL(asked, origin) : null
  if (url === null || url.origin !== origin || url.pathname.startsWith('//')) return '/'
  return url.pathname === '/login' ? '/' : url.pathname + url.search + url.hash
}
