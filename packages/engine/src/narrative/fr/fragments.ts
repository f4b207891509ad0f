import type { Catalogue } from '../words.ts'
import { count } from './format.ts'

export const fragmentWords: Catalogue = {
  'ip-fragments-lost': {
    summary: (v) => `${count(v.datagrams, 'datagramme')} de ${v.pair} sans tous leurs fragments, donc perdus en entier`,
    nextStep:
      'envoyer des datagrammes plus petits (découverte de la MTU, taille EDNS ou de tunnel réduite), et voir si un pare-feu rejette les fragments suivants',
    hypotheses: {
      dropped: {
        statement: 'quelque chose sur le chemin rejette les fragments en tant que tels',
        because: (v) => `${count(v.complete, 'datagramme')} de cette paire arrivés entiers`,
      },
      lost: {
        statement: 'des fragments isolés se sont perdus',
        because: (v) =>
          `${count(v.complete, 'datagramme')} de cette paire arrivés entiers, contre ${v.datagrams} incomplets`,
      },
    },
  },
  'ip-fragments-overlap': {
    summary: (v) =>
      `${count(v.fragments, 'fragment')} de ${v.pair} en recouvrement avec d’autres, avec d’autres limites`,
    nextStep:
      'comparer le contenu des parties communes : les systèmes les assemblent différemment, ce qui cache des attaques aux filtres (RFC 5722)',
    hypotheses: {
      evasion: {
        statement:
          'faits pour être lus autrement par un filtre que par le récepteur, ou émis par un système défectueux',
        because: (v) => `aucun émetteur normal ne produit de recouvrement ; il y en a ${v.fragments}`,
      },
    },
  },
  'ip-fragments-tiny': {
    summary: (v) => `${count(v.fragments, 'fragment')} de ${v.pair} de moins de 64 octets, alors que d’autres suivent`,
    nextStep:
      'chercher qui les envoie : aucun lien n’a une MTU aussi petite, et un en-tête de transport coupé passe les filtres simples (RFC 1858)',
    hypotheses: {
      evasion: {
        statement: 'faits pour cacher l’en-tête de transport aux filtres, ou émis par un système défectueux',
        because: (v) =>
          `tout lien IPv4 accepte 68 octets, tout lien IPv6 1280 ; ${count(v.fragments, 'fragment plus petit', 'fragments plus petits')}`,
      },
    },
  },
}
