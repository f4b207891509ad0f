/** Where a browser does not say when it is idle. */
const SETTLED_MS = 2000

/** Runs something when the browser has nothing better to do. @returns gives it up */
export function whenIdle(act: () => void): () => void {
  if (typeof requestIdleCallback === 'function') {
    const id = requestIdleCallback(act)
    return () => cancelIdleCallback(id)
  }
  const id = setTimeout(act, SETTLED_MS)
  return () => clearTimeout(id)
}
