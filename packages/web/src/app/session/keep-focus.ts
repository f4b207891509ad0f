const PLACES = 'main, section, #content, [role="dialog"]'

/**
 * The focus is never lost: when what had it is removed or can no longer have it, the heading of the place around gets it, so that whoever
 * works by keyboard goes on from there. Dialogs and pages that care themselves come first.
 */
export function keepFocus(root: Document): void {
  let last: Element | null = null
  let around: readonly Element[] = []
  root.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof Element)) return
    last = target
    around = placesAround(target)
  })
  const look = () => {
    if (last === null || root.activeElement !== root.body) return
    if (last.isConnected && !last.matches(':disabled')) return
    last = null
    const heading = around.find((place) => place.isConnected)?.querySelector<HTMLElement>('h1, h2')
    focusHeading(heading ?? root.querySelector<HTMLElement>('h1'))
  }
  // behind those who put the focus somewhere in the same moment
  const observer = new MutationObserver(() => setTimeout(() => requestAnimationFrame(look)))
  observer.observe(root.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] })
}

export function focusHeading(heading: HTMLElement | null): void {
  if (heading === null) return
  heading.tabIndex = -1
  heading.focus({ preventScroll: true })
}

function placesAround(element: Element): Element[] {
  const places: Element[] = []
  for (let at = element.closest(PLACES); at !== null; at = at.parentElement?.closest(PLACES) ?? null) places.push(at)
  return places
}
