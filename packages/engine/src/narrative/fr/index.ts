import type { Catalogue } from '../words.ts'
import { icmpWords } from './icmp.ts'

/** The narrative in French, one file a subject; the same kinds as in English. */
export const french: Catalogue = { ...icmpWords }
