let probe: HTMLElement | null = null

/** A colour of the style sheet as it is in the theme on show, for a canvas; `alpha` from 0 to 1. */
export function colour(name: string, alpha = 1): string {
  probe ??= document.body.appendChild(Object.assign(document.createElement('span'), { hidden: true }))
  probe.style.color = `var(--${name})`
  const [red, green, blue] = getComputedStyle(probe).color.match(/[\d.]+/g) ?? ['128', '128', '128']
  return `rgb(${red} ${green} ${blue} / ${alpha})`
}
