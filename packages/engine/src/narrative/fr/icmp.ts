import type { Catalogue } from '../words.ts'
import { count } from './format.ts'

export const icmpWords: Catalogue = {
  'icmp-packet-too-big': {
    summary: (v) =>
      `${count(v.messages, 'message')} de routeur : un paquet est plus grand que le chemin ne l’admet ; plus petite MTU annoncée : ${v.leastMtu === '' ? 'inconnue' : `${v.leastMtu} octets`}`,
    nextStep:
      'vérifier que l’émetteur envoie ensuite des paquets plus petits ; sinon, ICMP est filtré sur le chemin vers lui',
  },
  'icmp-unreachable': {
    summary: (v) => `${count(v.messages, 'message')} selon lesquels un hôte, un réseau ou un port est injoignable`,
    nextStep: 'regarder les paquets cités : qui voulait joindre quoi, et qui déclare la destination inaccessible',
  },
  'icmp-time-exceeded': {
    summary: (v) =>
      `${count(v.messages, 'paquet arrivé', 'paquets arrivés')} au bout de leurs sauts : un traceroute, ou une boucle de routage`,
    nextStep: 'si aucun traceroute n’était en cours, chercher une boucle de routage vers les destinations citées',
  },
}
