import { displayWidth } from './display-width.ts'

export interface TextColumn {
  readonly label: string
  readonly alignment: 'left' | 'right'
}

const GAP = '  '
const LEAST_CELL_COLUMNS = 12

/**
 * Cells under their labels. When the table is wider than `columns`, the widest left-aligned columns are cut with an ellipsis;
 * numbers never are.
 */
export function textTable(
  header: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  columns: number,
): string[] {
  const widths = header.map(({ label }, i) => Math.max(displayWidth(label), ...rows.map((row) => displayWidth(row[i]))))
  fit(widths, header, columns)
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => place(cell, widths[i], header[i].alignment))
      .join(GAP)
      .trimEnd()
  return [line(header.map(({ label }) => label)), ...rows.map(line)]
}

function fit(widths: number[], header: readonly TextColumn[], columns: number): void {
  let excess = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) - columns
  while (excess > 0) {
    let widest = -1
    for (const [i, { alignment }] of header.entries()) {
      if (alignment === 'left' && widths[i] > LEAST_CELL_COLUMNS && widths[i] > (widths[widest] ?? 0)) widest = i
    }
    if (widest < 0) return
    widths[widest]--
    excess--
  }
}

function place(cell: string, width: number, alignment: 'left' | 'right'): string {
  const shown = displayWidth(cell) > width ? shorten(cell, width) : cell
  const gap = ' '.repeat(Math.max(0, width - displayWidth(shown)))
  return alignment === 'left' ? shown + gap : gap + shown
}

function shorten(cell: string, width: number): string {
  let shown = ''
  let used = 0
  for (const character of cell) {
    used += displayWidth(character)
    if (used > width - 1) break
    shown += character
  }
  return `${shown}…`
}
