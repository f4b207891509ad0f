import { askFirst } from './first-answers.ts'
import { storedTheme } from './preferences.ts'

// before the first paint, so that a page never flashes in the other theme
document.documentElement.dataset.theme = storedTheme()
askFirst(location.pathname)
