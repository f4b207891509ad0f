/** Names of all scenarios, in the order of the list, for who needs nothing else of them. */
export const scenarioNames: readonly string[] = [
  'loss-before-capture',
  'loss-after-capture',
  'burst-loss',
  'tail-loss',
  'reordering',
  'zero-window-slow-reader',
  'slow-reader',
  'satellite-small-window',
  'slow-server',
  'http-slow-responses',
  'http-5xx-burst',
  'slow-client',
]
