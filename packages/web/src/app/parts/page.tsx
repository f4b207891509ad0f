import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useShowing } from '../session/showing.tsx'

let isFirstPage = true

/** The frame of a page: its title in the window and as heading, which takes the focus when the page was gone to. */
export function Page({
  title,
  kind = 'wide',
  children,
}: {
  title: string
  kind?: 'wide' | 'narrow' | 'full'
  children: ComponentChildren
}) {
  const { words } = useShowing()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} – ${words('product')}`
  }, [title, words])
  useEffect(() => {
    if (!isFirstPage) heading.current?.focus()
    isFirstPage = false
  }, [])
  return (
    <main id="content" class={`page page-${kind}`}>
      <h1 tabIndex={-1} ref={heading}>
        {title}
      </h1>
      {children}
    </main>
  )
}

/** Grey lines in the place of what is still loading. */
export function Skeleton({ lines = 4 }: { lines?: number }) {
  const { words } = useShowing()
  return (
    <div class="skeleton" role="status" aria-label={words('loading')}>
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} />
      ))}
    </div>
  )
}
