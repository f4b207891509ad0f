import type { Context } from '../context.ts'
import { h } from '../dom.ts'

const SHOWN_MS = 1600

/** A button that copies a text exactly as it is, and says so. */
export function copyButton({ words }: Context, text: string, of: string): HTMLElement {
  const state = h('span', { class: 'visually-hidden', role: 'status' })
  const label = h('span', {}, words.copy)
  const button = h('button', { type: 'button', class: 'copy', 'aria-label': `${words.copy}: ${of}` }, label)
  button.addEventListener('click', () => {
    copyText(text)
    label.textContent = words.copied
    state.textContent = words.copied
    setTimeout(() => {
      label.textContent = words.copy
      state.textContent = ''
    }, SHOWN_MS)
  })
  return h('span', { class: 'copy-holder' }, button, state)
}

/** The clipboard needs a secure context, which a file on disk is not everywhere; then the older way. */
function copyText(text: string): void {
  const byHand = () => {
    const area = h('textarea', { class: 'visually-hidden', 'aria-hidden': 'true', tabindex: -1 })
    area.value = text
    document.body.append(area)
    area.select()
    document.execCommand('copy')
    area.remove()
  }
  if (navigator.clipboard === undefined) byHand()
  else navigator.clipboard.writeText(text).catch(byHand)
}
