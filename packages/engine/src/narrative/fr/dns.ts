import type { Catalogue } from '../words.ts'
import { count, duration, percent, plural } from './format.ts'

export const dnsWords: Catalogue = {
  'dns-unanswered': {
    summary: (v) =>
      `${count(v.unanswered, 'requête DNS', 'requêtes DNS')} sur ${v.queries} restée${plural(v.unanswered)} sans réponse (${percent(v.unanswered, v.queries)})`,
    nextStep: 'interroger le même serveur sur le même nom, et voir si les requêtes lui parviennent',
  },
  'dns-slow': {
    summary: (v) =>
      `${count(v.answers, 'réponse DNS', 'réponses DNS')} en ${duration(v.limitNs)} ou plus, ${duration(v.totalNs)} au total`,
    nextStep: 'voir si c’est un résolveur qui est lent ou une zone : comparer les noms et les serveurs',
  },
  'dns-errors': {
    summary: (v) =>
      `${count(v.errors, 'réponse DNS', 'réponses DNS')} avec une erreur autre que « nom inexistant », dont ${count(v.serverFailures, 'échec')} du serveur (SERVFAIL)`,
    nextStep: 'examiner le résolveur qui a répondu : son propre amont échoue peut-être, ou la zone est défectueuse',
  },
  'dns-search-path': {
    summary: (v) =>
      `${count(v.vain, 'réponse DNS', 'réponses DNS')} sur ${v.responses} ont dit « nom inconnu » parce que ${count(v.names, 'nom')} ${v.names === 1 ? 'a été demandé' : 'ont été demandés'} d’abord sous les domaines de recherche : un chemin de recherche (ndots dans Kubernetes), pas une erreur`,
    nextStep:
      'pour s’épargner ces questions, terminer ces noms par un point là où ils sont configurés, ou abaisser ndots',
  },
}
