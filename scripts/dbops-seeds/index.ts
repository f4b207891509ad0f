import { cmsvsItems } from './cmsvs.ts'
import { contextforgeItems } from './contextforge.ts'
import { frendeItems } from './frende.ts'
import type { SeedItem } from './item.ts'

/** What the three production guides promise, each item with its commands and tests. */
export const seedItems: readonly SeedItem[] = [...cmsvsItems, ...frendeItems, ...contextforgeItems]
