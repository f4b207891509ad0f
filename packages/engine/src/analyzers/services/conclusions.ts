import type { Conclusion } from '../../finding.ts'
import { concludeIncidents, worstSubjects } from '../support/concluding.ts'
import type { ServiceTotals } from './totals.ts'

const MOST_FINDINGS = 5

/** A service on a port that stands for another: mostly a deliberate choice, sometimes a way around a filter. */
export function serviceConclusions({ misplaced }: ServiceTotals): Conclusion[] {
  return worstSubjects(misplaced, MOST_FINDINGS).map(([place, incidents]) => ({
    ...concludeIncidents('service-on-other-port', place, incidents, 'info'),
    values: { place, service: incidents.service, expected: incidents.expected, flows: incidents.count },
    hypotheses: [{ id: 'deliberate', accepted: true, values: { flows: incidents.count } }],
    needs: [],
  }))
}
