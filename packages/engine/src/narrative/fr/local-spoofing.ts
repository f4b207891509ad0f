import type { Catalogue } from '../words.ts'
import { count } from './format.ts'

/** Words for the detector of spoofing on the local network. */
export const localSpoofingWords: Catalogue = {
  'arp-spoofing': {
    summary: (v) =>
      `${v.mac} a répondu en ARP ${count(v.replies, 'fois', 'fois')} pour ${count(v.count, 'adresse')} d’abord vues chez d’autres (${v.addresses})`,
    nextStep: (v) =>
      `trouver ${v.mac} sur le commutateur et le débrancher ; voir quel trafic de ${v.addresses} est passé par lui depuis`,
    hypotheses: {
      interception: {
        statement: 'on attire à soi le trafic d’autrui',
        because: (v) => `${v.replies} réponses pour ce qui appartenait à ${v.owners}, dont ${v.unasked} sans demande`,
      },
      failover: {
        statement: 'les adresses sont passées pour de bon à un autre hôte',
        because: (v) =>
          Number(v.contested) > 0
            ? `le propriétaire de ${count(v.contested, 'adresse')} était encore là ensuite`
            : `${v.count} adresses ont été prises à la fois, avec ${v.replies} réponses`,
      },
    },
    innocentExplanations: [
      'un routeur avec proxy ARP, ou un répartiteur de charge qui répond pour ses serveurs',
      'une paire de secours qui bascule sans cesse',
      'une adresse configurée deux fois par erreur',
    ],
    confirmOrRefute: [
      'des trames des propriétaires qui arrivent à l’autre adresse matérielle et en repartent confirment une interception',
      'des réponses que personne n’avait demandées, à intervalles réguliers, confirment',
      'des adresses virtuelles ou de proxy documentées réfutent',
    ],
  },
  'rogue-dhcp-server': {
    summary: (v) =>
      `les serveurs DHCP ${v.one} et ${v.other} ont répondu à ${count(v.requests, 'même demande', 'mêmes demandes')} par des adresses de réseaux différents (${v.oneAddress}, ${v.otherAddress})`,
    nextStep: () =>
      'voir lequel des deux est le vôtre, trouver l’autre sur le commutateur, et activer la surveillance DHCP (snooping)',
    hypotheses: {
      twoNetworks: {
        statement: 'l’un des serveurs n’a rien à faire ici',
        because: (v) => `${v.oneAddress} et ${v.otherAddress} ont été proposées au même client`,
      },
    },
    innocentExplanations: [
      'une box ou un hôte de machines virtuelles branché avec son propre serveur DHCP actif',
      'deux réseaux sur un même câble, avec un serveur chacun',
    ],
    confirmOrRefute: [
      'passerelle et serveur de noms dans les réponses : s’ils ne sont pas les vôtres, cela confirme',
      'l’adresse matérielle du serveur indique son fabricant',
    ],
  },
}
