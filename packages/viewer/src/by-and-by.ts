/** Parts that the first window shows. */
const FIRST = 2
/** Where a browser does not say when it is idle. */
const PAUSE_MS = 50

/**
 * Has the browser lay out the first parts of a report at once and the others one by one, when it has nothing better to do: what is wrong is read
 * while the rest of a long page is still made. Whoever goes to a part, or prints, gets all of them at once.
 */
export function layOutByAndBy(root: HTMLElement, signal: AbortSignal): void {
  const waiting = [...root.querySelectorAll('main > *')].slice(FIRST)
  for (const part of waiting) part.classList.add('later')
  const done = new AbortController()
  const next = () => {
    if (signal.aborted) return
    waiting.shift()?.classList.remove('later')
    if (waiting.length > 0) idle(next)
    else done.abort()
  }
  const all = () => {
    for (const part of waiting.splice(0)) part.classList.remove('later')
    done.abort()
  }
  const until = { signal: AbortSignal.any([signal, done.signal]) }
  root.addEventListener('click', all, until)
  window.addEventListener('hashchange', all, until)
  window.addEventListener('beforeprint', all, until)
  if (location.hash !== '') all()
  else idle(next)
}

function idle(act: () => void): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(act)
  else setTimeout(act, PAUSE_MS)
}
