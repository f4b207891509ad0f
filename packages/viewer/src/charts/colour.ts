/** The value of a colour of the style sheet, as it is in the theme on show. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim() || '#888'
}
