/** Every page of the application; the service answers these addresses with it and no others. */
export const pagePaths = [
  '/',
  '/login',
  '/register',
  '/forgot-password',
  '/reset-password',
  '/change-password',
  '/account',
  '/progress/:id',
  '/reports/:id',
  '/reports/:id/packets',
  '/history',
  '/compare',
  '/admin',
  '/admin/audit',
  '/admin/system',
  '/about',
] as const

/** Pages for those who are not logged in. */
export const publicPaths = ['/login', '/register', '/forgot-password', '/reset-password'] as const

/** Where to go after logging in: only an address of this application, else the first page. */
export function safeReturnUrl(asked: string | undefined, origin: string): string {
  if (asked === undefined || !asked.startsWith('/')) return '/'
  const url = URL.canParse(asked, origin) ? new URL(asked, origin) : null
  if (url === null || url.origin !== origin || url.pathname.startsWith('//')) return '/'
  return url.pathname === '/login' ? '/' : url.pathname + url.search + url.hash
}
