import type { Catalogue, HypothesisWords } from '../words.ts'
import { count, duration } from './format.ts'

const hypotheses: Readonly<Record<string, HypothesisWords>> = {
  aborted: {
    statement: 'l’hôte lui-même a interrompu la connexion',
    because: (v) => `${v.foreign} RST sur ${v.resets} avec un autre nombre de sauts que sa poignée de main`,
  },
  injected: {
    statement: 'un équipement sur le chemin a envoyé la réinitialisation en son nom',
    because: (v) => `${v.foreign} RST sur ${v.resets} avec un autre nombre de sauts que sa poignée de main`,
  },
}

export const connectionEndWords: Catalogue = {
  'tcp-reset-handshake': {
    summary: (v) =>
      `${v.endpoint} a réinitialisé ${count(v.resets, 'connexion')} juste après les avoir acceptées, avant toute donnée`,
    nextStep: 'chercher une liste d’accès, une table de connexions pleine, ou un répartiteur sans serveur derrière lui',
    hypotheses,
  },
  'tcp-reset-request': {
    summary: (v) => `${v.endpoint} a réinitialisé ${count(v.resets, 'connexion')} après la requête, sans réponse`,
    nextStep:
      'chercher ces moments dans le journal du serveur : arrêt brutal, refus d’un filtre, délai dépassé ou protocole inattendu',
    hypotheses,
  },
  'tcp-reset-transfer': {
    summary: (v) => `${v.endpoint} a réinitialisé ${count(v.resets, 'connexion')} au milieu d’un transfert`,
    nextStep:
      'voir quelles étaient les dernières données, et si l’application s’est arrêtée, a redémarré ou a atteint une limite',
    hypotheses,
  },
  'tcp-half-closed': {
    summary: (v) =>
      `${v.host} n’a pas fermé ${count(v.connections, 'connexion')} que l’autre côté avait fermée${Number(v.connections) < 2 ? '' : 's'}, jusqu’à ${duration(v.longestNs)} durant`,
    nextStep: 'chercher des sockets en CLOSE_WAIT sur cet hôte : son application ne ferme pas ce qui est terminé',
    hypotheses: {
      'not-closed': {
        statement: 'l’application ne ferme pas',
        because: (v) => `${count(v.connections, 'connexion')} avec un FIN d’un seul côté`,
      },
      'still-sending': {
        statement: 'elle avait encore des données à envoyer',
        because: (v) => `aucune donnée n’a suivi le FIN (${count(v.connections, 'connexion')})`,
      },
    },
  },
}
