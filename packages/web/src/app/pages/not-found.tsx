import { Page } from '../parts/page.tsx'
import { useShowing } from '../session/showing.tsx'

export function NotFoundPage() {
  const { words } = useShowing()
  return (
    <Page title={words('notFound')}>
      <a href="/">{words('home')}</a>
    </Page>
  )
}
