import type { Catalogue } from '../words.ts'
import { count } from './format.ts'

export const localNetworkWords: Catalogue = {
  'arp-conflict': {
    summary: (v) =>
      `${count(v.messages, 'message ARP revendique', 'messages ARP revendiquent')} une adresse pour une autre adresse matérielle que celle avec laquelle elle a d’abord été vue (${count(v.senders, 'émetteur')})`,
    nextStep:
      'trouver les deux adresses matérielles sur le commutateur : un second hôte avec la même adresse, une paire de secours, ou une usurpation ARP',
  },
  'dhcp-refused': {
    summary: (v) =>
      `${count(v.messages, 'message DHCP refuse ou décline', 'messages DHCP refusent ou déclinent')} un bail`,
    nextStep: 'comparer l’adresse demandée aux plages des serveurs qui répondent, et chercher un second serveur DHCP',
  },
}
