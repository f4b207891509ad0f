import type UPlot from 'uplot'

/** Charts on show, which are drawn anew when the theme changes. */
export const shown = new Set<UPlot>()

/** Draws every chart anew, in the colours of the theme that was chosen. */
export function redrawCharts(): void {
  for (const plot of shown) {
    if (plot.root.isConnected) plot.redraw(false)
    else shown.delete(plot)
  }
}
