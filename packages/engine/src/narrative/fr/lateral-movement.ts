import type { Catalogue } from '../words.ts'
import { count, duration } from './format.ts'

/** Words for the detector of lateral movement. */
export const lateralMovementWords: Catalogue = {
  'lateral-movement': {
    summary: (v) =>
      `${v.source} a ouvert des connexions ${v.services} vers ${count(v.hosts, 'hôte interne', 'hôtes internes')} jamais visités auparavant, en ${duration(v.durationNs)}`,
    nextStep: (v) =>
      `déterminer quel compte et quel programme de ${v.source} l’a fait, en commençant par ${v.first} ; si personne ne le sait, isoler ${v.source} du réseau`,
    hypotheses: {
      spreading: {
        statement: 'on se propage d’hôte en hôte',
        because: (v) => `${v.hosts} hôtes visités pour la première fois en ${duration(v.durationNs)}`,
      },
      pivot: {
        statement: 'la source a elle-même été atteinte ainsi auparavant',
        because: (v) =>
          v.from === ''
            ? 'aucun hôte interne n’a été vu s’y connecter auparavant'
            : `${v.from} s’y était connecté auparavant`,
      },
    },
    innocentExplanations: [
      'une gestion de configuration, un déploiement, une sauvegarde ou un inventaire qui parcourt une liste d’hôtes',
      'un administrateur au travail depuis un serveur de rebond',
      'un hôte qui démarre et se connecte à ses contrôleurs de domaine et serveurs de fichiers',
    ],
    confirmOrRefute: [
      'les journaux des cibles nomment le compte : un compte qui n’a rien à y faire confirme',
      'un poste de travail qui fait ce que seuls font les serveurs d’administration confirme',
      'les mêmes visites à la même heure d’autres jours réfutent',
    ],
  },
}
