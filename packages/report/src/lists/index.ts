import { dns } from './dns.ts'
import { flows } from './flows.ts'
import { handshakes } from './handshakes.ts'
import { http } from './http.ts'
import type { ListDefinition } from './list.ts'
import { retransmissions } from './retransmissions.ts'
import { tls } from './tls.ts'
import { transactions } from './transactions.ts'

/** Every complete list that can be made of a capture. */
export const lists: readonly ListDefinition[] = [flows, handshakes, retransmissions, dns, http, tls, transactions]
