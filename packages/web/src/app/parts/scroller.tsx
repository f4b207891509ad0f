import type { ComponentChildren } from 'preact'

/** A table that may be wider than the window. */
export function Scroller({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="card scroller" tabIndex={0} aria-label={label}>
      {children}
    </section>
  )
}
