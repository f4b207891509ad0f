import type { Catalogue } from '../words.ts'
import { count, duration } from './format.ts'

export const silenceWords: Catalogue = {
  'answer-awaited': {
    summary: (v) =>
      `${v.endpoint} a fait attendre une réponse aux clients pendant ${count(v.silences, 'silence')}, ${duration(v.costNs)} au total, ${duration(v.longestNs)} au plus`,
    nextStep:
      'regarder ce que faisait le serveur à ces moments ; son acquittement de la requête montre qu’elle était arrivée',
    hypotheses: {
      'responder-slow': {
        statement: 'le répondeur, ou ce qu’il attend, est lent',
        because: (v) =>
          `dans ${count(v.silences, 'silence')}, le client avait envoyé ses données et le répondeur a parlé ensuite, sans retransmission`,
      },
      'waits-on-purpose': {
        statement: 'le répondeur attend à dessein, comme en interrogation longue (long polling)',
        because: (v) => `les silences ne sont pas réguliers ; le plus long a duré ${duration(v.longestNs)}`,
      },
    },
  },
  'transfer-interrupted': {
    summary: (v) =>
      `des transferts avec ${v.endpoint} se sont arrêtés ${v.silences} fois au milieu d’un message, ${duration(v.costNs)} au total, ${duration(v.longestNs)} au plus`,
    nextStep: 'examiner l’émetteur à ces moments : son application, son disque ou la source qu’il lit',
    hypotheses: {
      'more-to-send': {
        statement: 'l’émetteur avait encore à envoyer et ne l’a pas fait',
        because: (v) =>
          `${v.silences} fois, le dernier segment avant le silence n’était pas la fin d’un message (pas de PSH)`,
      },
      loss: {
        statement: 'récupération après une perte',
        because: (v) =>
          `aucune retransmission n’a mis fin à ${Number(v.silences) < 2 ? 'ce silence' : `ces ${v.silences} silences`}`,
      },
    },
  },
}
