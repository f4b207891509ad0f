/** What may stand inside an element: text is only ever text. */
export type Child = Node | string | null | undefined | false
type Attributes = Readonly<Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>>

const SVG = 'http://www.w3.org/2000/svg'

/**
 * Makes an element. Attributes that are functions listen to the event of their name; true stands alone, false and null are left out.
 * Nothing here reads markup, so captured text can only become text.
 */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  dress(element, attributes, children)
  return element
}

/** The same for SVG. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS(SVG, tag) as SVGElementTagNameMap[Tag]
  dress(element, attributes, children)
  return element
}

function dress(element: Element, attributes: Attributes, children: readonly Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue
    if (typeof value === 'function') element.addEventListener(name, value)
    else element.setAttribute(name, value === true ? '' : String(value))
  }
  for (const child of children) if (child !== null && child !== undefined && child !== false) element.append(child)
}

/** A number for identifiers that must differ within the page. */
let used = 0
export function newId(prefix: string): string {
  return `${prefix}-${++used}`
}
