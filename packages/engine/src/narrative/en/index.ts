import type { Catalogue } from '../words.ts'
import { icmpWords } from './icmp.ts'

/** The narrative in English, one file a subject. */
export const english: Catalogue = { ...icmpWords }
