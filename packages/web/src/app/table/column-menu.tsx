import { Menu } from '../parts/menu.tsx'
import { useShowing } from '../session/showing.tsx'
import { tableWords } from '../words/table.ts'

interface HideableColumn {
  readonly columnDef: { readonly header?: unknown }
  getCanHide(): boolean
  getIsVisible(): boolean
  toggleVisibility(isVisible: boolean): void
}

/** Shows and hides the columns of a table. */
export function ColumnMenu({ columns }: { columns: readonly HideableColumn[] }) {
  const { language } = useShowing()
  const items = columns
    .filter((column) => column.getCanHide())
    .map((column) => ({
      is: 'switch' as const,
      label: String(column.columnDef.header ?? ''),
      isOn: column.getIsVisible(),
      onSwitch: (isOn: boolean) => column.toggleVisibility(isOn),
    }))
  return (
    <div class="table-tools">
      <Menu label={tableWords[language]('columns')} items={items} />
    </div>
  )
}
