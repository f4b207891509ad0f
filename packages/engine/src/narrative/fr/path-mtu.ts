import type { Catalogue } from '../words.ts'
import { count, duration } from './format.ts'

export const pathMtuWords: Catalogue = {
  'path-mtu-black-hole': {
    summary: (v) =>
      `les segments de ${v.stuckBytes} octets de ${v.sender} n’atteignent jamais ${v.receiver} (${count(v.resends, 'renvoi')} dans ${count(v.connections, 'connexion')}, ${duration(v.costNs)}), alors que jusqu’à ${v.deliveredBytes} octets passent : un trou noir de MTU`,
    nextStep: (v) =>
      Number(v.messages) > 0
        ? `laisser les messages ICMP « paquet trop grand » atteindre ${v.sender}, ou réduire sa MTU ou la MSS en chemin`
        : 'trouver le saut dont la MTU est plus petite (ping avec DF et tailles décroissantes), laisser passer ses messages ICMP, ou y limiter la MSS',
    hypotheses: {
      'too-large': {
        statement: 'les paquets sont trop grands pour le chemin',
        because: (v) =>
          `${v.stuckBytes} octets ne sont pas passés, le plus grand passé auparavant en avait ${v.deliveredBytes} ; ${count(v.resolved, 'connexion a continué', 'connexions ont continué')} avec de plus petits`,
      },
      'icmp-lost': {
        statement: 'personne ne prévient l’émetteur : le message ICMP est filtré ou jamais envoyé',
        because: (v) => `${count(v.messages, 'message')} ICMP sur cette destination dans la capture`,
      },
      'icmp-ignored': {
        statement: 'le message ICMP a été envoyé et n’a pas suffi',
        because: (v) => `${count(v.messages, 'message annonce', 'messages annoncent')} une MTU de ${v.mtu} octets`,
      },
      'receiver-gone': {
        statement: 'le récepteur a disparu',
        because: (v) => `il a envoyé ${count(v.peerSegments, 'segment')} entre-temps`,
      },
    },
  },
  'tcp-peer-silent': {
    summary: (v) =>
      `${v.receiver} n’acquitte plus les données de ${v.sender} : ${count(v.resends, 'renvoi')} en vain dans ${count(v.connections, 'connexion')}, ${duration(v.costNs)}`,
    nextStep:
      'voir si le récepteur a redémarré ou a été déplacé, et si un pare-feu ou un NAT intermédiaire a oublié la connexion',
    hypotheses: {
      gone: {
        statement: 'le récepteur, ou le chemin vers lui, a disparu',
        because: (v) => `il a envoyé ${count(v.peerSegments, 'segment')} après les données`,
      },
      'one-way': {
        statement: 'seul le chemin vers le récepteur est coupé',
        because: (v) => `il a envoyé ${count(v.peerSegments, 'segment')} après les données, dont aucun ne les acquitte`,
      },
      'too-large': {
        statement: 'les segments sont trop grands pour le chemin',
        because: (v) =>
          `des segments de ${v.deliveredBytes} octets étaient passés auparavant ; ceux-ci en ont ${v.stuckBytes}`,
      },
    },
  },
}
