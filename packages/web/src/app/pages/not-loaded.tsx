import { Page } from '../parts/page.tsx'
import { useShowing } from '../session/showing.tsx'

/** In place of a page whose script did not come: without a network, or because the service has newer pages than this window. */
export function NotLoadedPage() {
  const { words } = useShowing()
  return (
    <Page title={words('notLoaded')} kind="narrow">
      <p>{words('notLoadedWhy')}</p>
      <p class="buttons">
        <button type="button" class="primary" onClick={() => location.reload()}>
          {words('loadAgain')}
        </button>
      </p>
    </Page>
  )
}
