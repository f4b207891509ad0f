import { render } from 'preact'
import { LocationProvider } from 'preact-iso/router'
import { Pages } from './app.tsx'
import './first-load.ts'
import { Toasts } from './parts/toasts.tsx'
import { keepFocus } from './session/keep-focus.ts'
import { SessionProvider } from './session/session.tsx'
import { ShowingProvider } from './session/showing.tsx'
import { Shell } from './shell.tsx'

/** Addresses of the service that are no pages of this application. */
const OWN_PAGES = /^\/(?!api\/|private\/|docs)/

const root = document.getElementById('app')
if (root !== null) {
  root.replaceChildren()
  keepFocus(document)
  render(
    <LocationProvider scope={OWN_PAGES}>
      <ShowingProvider>
        <SessionProvider>
          <Shell>
            <Pages />
          </Shell>
          <Toasts />
        </SessionProvider>
      </ShowingProvider>
    </LocationProvider>,
    root,
  )
}
