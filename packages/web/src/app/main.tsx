import { render } from 'preact'
import { LocationProvider } from 'preact-iso/router'
import { Pages } from './app.tsx'
import { ToastProvider } from './parts/toasts.tsx'
import { SessionProvider } from './session/session.tsx'
import { ShowingProvider } from './session/showing.tsx'
import { Shell } from './shell.tsx'

/** Addresses of the service that are no pages of this application. */
const OWN_PAGES = /^\/(?!api\/|private\/|docs)/

const root = document.getElementById('app')
if (root !== null) {
  render(
    <LocationProvider scope={OWN_PAGES}>
      <ShowingProvider>
        <SessionProvider>
          <ToastProvider>
            <Shell>
              <Pages />
            </Shell>
          </ToastProvider>
        </SessionProvider>
      </ShowingProvider>
    </LocationProvider>,
    root,
  )
}
