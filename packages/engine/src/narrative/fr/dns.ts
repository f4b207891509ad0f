import type { Catalogue } from '../words.ts'
import { count, duration, percent, plural } from './format.ts'

export const dnsWords: Catalogue = {
  'dns-unanswered': {
    summary: (v) =>
      `${count(v.unanswered, 'requête DNS', 'requêtes DNS')} sur ${v.queries} restée${plural(v.unanswered)} sans réponse (${percent(v.unanswered, v.queries)})`,
    nextStep: 'interroger le même serveur sur le même nom, et voir si les requêtes lui parviennent',
    hypotheses: {
      'server-gone': {
        statement: 'les serveurs de noms sont absents ou hors d’atteinte',
        because: (v) => `${count(v.answered, 'réponse est venue', 'réponses sont venues')} à d’autres requêtes`,
      },
      'some-lost': {
        statement: 'des requêtes ou des réponses sont perdues, ou certains noms restent sans réponse',
        because: (v) =>
          `${count(v.answered, 'autre requête a reçu', 'autres requêtes ont reçu')} une réponse ; ${count(v.repeated, 'message répété', 'messages répétés')}`,
      },
    },
  },
  'dns-slow': {
    summary: (v) =>
      `${count(v.answers, 'réponse DNS', 'réponses DNS')} en ${duration(v.limitNs)} ou plus, ${duration(v.totalNs)} au total`,
    nextStep: 'voir si c’est un résolveur qui est lent ou une zone : comparer les noms et les serveurs',
    hypotheses: {
      'some-names': {
        statement: 'certains noms sont longs à résoudre',
        because: (v) =>
          `${count(v.slow, 'réponse lente', 'réponses lentes')} sur ${v.answers}, médiane ${duration(v.medianNs)}`,
      },
      resolver: {
        statement: 'le résolveur est lent, ou loin',
        because: (v) => `la médiane de toutes les réponses est de ${duration(v.medianNs)}`,
      },
      lost: {
        statement: 'des requêtes ont été perdues et répétées',
        because: (v) => count(v.repeated, 'message répété', 'messages répétés'),
      },
    },
  },
  'dns-errors': {
    summary: (v) =>
      `${count(v.errors, 'réponse DNS', 'réponses DNS')} avec une erreur autre que « nom inexistant », dont ${count(v.serverFailures, 'échec')} du serveur (SERVFAIL)`,
    nextStep: 'examiner le résolveur qui a répondu : son propre amont échoue peut-être, ou la zone est défectueuse',
    hypotheses: {
      upstream: {
        statement: 'le résolveur, ou ce qu’il interroge, est en échec',
        because: (v) => `${count(v.serverFailures, 'échec')} du serveur parmi les réponses`,
      },
      refused: {
        statement: 'le serveur ne veut pas répondre',
        because: (v) => `${count(v.others, 'réponse')} avec une autre erreur`,
      },
    },
  },
  'dns-search-path': {
    summary: (v) =>
      `${count(v.vain, 'réponse DNS', 'réponses DNS')} sur ${v.responses} ont dit « nom inconnu » parce que ${count(v.names, 'nom')} ${v.names === 1 ? 'a été demandé' : 'ont été demandés'} d’abord sous les domaines de recherche : un chemin de recherche (ndots dans Kubernetes), pas une erreur`,
    nextStep:
      'pour s’épargner ces questions, terminer ces noms par un point là où ils sont configurés, ou abaisser ndots',
  },
}
