import { translations } from '../../language/translations.ts'

/** What is said around tables. */
export const tableWords = translations(
  {
    sortBy: 'Sort by {column}',
    columns: 'Columns',
    selectAll: 'Select all on this page',
    select: 'Select {name}',
    resize: 'Width of {column}',
  },
  {
    sortBy: 'Trier par {column}',
    columns: 'Colonnes',
    selectAll: 'Tout choisir sur cette page',
    select: 'Choisir {name}',
    resize: 'Largeur de {column}',
  },
)
