import { useLocation } from 'preact-iso/router'
import { useShowing } from '../session/showing.tsx'
import { adminWords } from '../words/admin.ts'

/** The pages of administrators. */
export function AdminAreas() {
  const { language } = useShowing()
  const words = adminWords[language]
  const { path } = useLocation()
  const areas = [
    ['/admin', words('users')],
    ['/admin/audit', words('audit')],
    ['/admin/system', words('system')],
  ] as const
  return (
    <nav class="areas" aria-label={words('areas')}>
      {areas.map(([href, word]) => (
        <a
          key={href}
          href={href}
          {...(href === path ? { 'aria-current': 'page' as const, class: 'area-current' } : {})}
        >
          {word}
        </a>
      ))}
    </nav>
  )
}
