import { type Load, sendLoad } from './send-load.ts'

// Clients in a process of their own, which shares neither thread nor memory with what it asks. What to send is the only argument.
const result = await sendLoad(JSON.parse(process.argv[2] ?? '') as Load)
const { user, system } = process.cpuUsage()
process.send?.({ ...result, clientCpuSeconds: (user + system) / 1e6 }, () => process.disconnect())
