/** What can be done to the service's database. */
export const databaseActions = [
  'current',
  'upgrade',
  'downgrade',
  'history',
  'stamp',
  'revision',
  'migrate-data',
  'assign-orphans',
] as const
