import { latency, transactionColumns } from '@pcap-analyzer/engine/observe'
import type { ListDefinition } from './list.ts'

/** Every request of any TCP protocol with the parts of its time. */
export const transactions: ListDefinition = {
  id: 'transactions',
  description:
    'every request and response of any TCP protocol, split into the parts that its time went to (DNS is not linked here)',
  columns: transactionColumns,
  create: (context) =>
    latency.create({
      flow: context.flow,
      get current() {
        return context.current
      },
      get observations() {
        return context.observations
      },
      latencyNs: null,
      setting: (name) => latency.settings?.[name]?.default ?? 0,
      takeRow: context.take,
    }).on,
}
