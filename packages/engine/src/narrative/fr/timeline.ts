import type { Catalogue } from '../words.ts'
import { count, duration } from './format.ts'

export const timelineWords: Catalogue = {
  'capture-silent': {
    summary: (v) =>
      `rien n’a été capturé pendant ${count(v.periods, 'période')}, ${duration(v.costNs)} au total, ${duration(v.longestNs)} au plus, alors qu’environ ${v.expected} trames étaient attendues pendant la plus longue`,
    nextStep:
      'voir si le réseau ou la capture ont été interrompus à ces moments : comparer aux compteurs d’interface et aux journaux',
    hypotheses: {
      outage: {
        statement: 'le réseau ou la capture ont été interrompus',
        because: (v) => `au débit moyen, ${count(v.expected, 'trame serait passée', 'trames seraient passées')}`,
      },
      quiet: {
        statement: 'tout était simplement calme',
        because: (v) =>
          `la capture est silencieuse pendant ${duration(v.silentNs)} et active pendant ${duration(v.busyNs)}`,
      },
    },
  },
}
