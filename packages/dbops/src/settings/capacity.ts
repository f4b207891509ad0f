/** Processes of one kind that open pools. */
export interface PoolUser {
  readonly instances: number
  readonly workers: number
  readonly poolSize: number
  readonly overflow: number
}

export interface Capacity {
  readonly demanded: number
  readonly available: number
  readonly fits: boolean
  /** Largest pool plus overflow per worker that fits. */
  readonly safePool: number
}

/** Whether all pools at once fit: Σ instances × workers × (pool + overflow) + jobs ≤ min(limit of the role, max_connections − reserved). */
export function capacityOf(
  users: readonly PoolUser[],
  server: {
    readonly maxConnections: number
    readonly reserved: number
    readonly roleLimit: number
    readonly jobs: number
  },
): Capacity {
  const open = server.maxConnections - server.reserved
  const available = server.roleLimit < 0 ? open : Math.min(open, server.roleLimit)
  const processes = users.reduce((sum, { instances, workers }) => sum + instances * workers, 0)
  const demanded = users.reduce(
    (sum, { instances, workers, poolSize, overflow }) => sum + instances * workers * (poolSize + overflow),
    server.jobs,
  )
  return {
    demanded,
    available,
    fits: demanded <= available,
    safePool: processes === 0 ? 0 : Math.max(0, Math.floor((available - server.jobs) / processes)),
  }
}
