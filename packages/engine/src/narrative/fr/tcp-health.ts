import type { Values } from '../../finding.ts'
import type { Catalogue } from '../words.ts'
import { count, decimal, duration, percent, plural } from './format.ts'

export const tcpHealthWords: Catalogue = {
  'tcp-loss': {
    summary: (v) =>
      `${count(v.lost, 'segment')} de données sur ${v.dataSegments} à renvoyer (${percent(v.lost, v.dataSegments)}), dont ${count(Math.max(Number(v.before), Number(v.after)), 'perdu')} ${
        isMostlyBefore(v) ? 'entre les émetteurs et le point de capture' : 'entre le point de capture et les récepteurs'
      }`,
    nextStep: (v) =>
      isMostlyBefore(v)
        ? 'capturer plus près des émetteurs : la perte est sur le chemin entre eux et ici'
        : 'capturer plus près des récepteurs : la perte est sur le chemin entre ici et eux',
    hypotheses: {
      'before-capture': {
        statement: 'perdus entre l’émetteur et le point de capture',
        because: (v) =>
          `${count(v.segments, 'segment renvoyé qui n’était', 'segments renvoyés qui n’étaient')} jamais passé${plural(v.segments)} au point de capture`,
      },
      'after-capture': {
        statement: 'perdus, eux ou leurs acquittements, entre le point de capture et le récepteur',
        because: (v) =>
          `${count(v.segments, 'segment renvoyé qui était passé', 'segments renvoyés qui étaient passés')} au point de capture`,
      },
      reordered: {
        statement: 'seulement arrivés dans le désordre',
        because: (v) =>
          `${count(v.segments, 'segment arrivé', 'segments arrivés')} tard en plus de ceux-ci, avec un horodatage ou une identification IP plus anciens`,
      },
      needless: {
        statement: 'répétés inutilement',
        because: (v) =>
          `${count(v.segments, 'segment déjà couvert', 'segments déjà couverts')} par un ACK ou un SACK en plus de ceux-ci ; ${v.dsacks} DSACK`,
      },
      throughput: {
        statement: 'elles ont limité le débit des transferts',
        because: (v) =>
          `${v.sender} vers ${v.receiver} a atteint ${decimal(v.megabitsPerSecond)} Mbit/s avec ${percent(v.lost, v.segments)} de pertes, avec lesquelles Reno garde environ ${decimal(v.boundMegabitsPerSecond)} Mbit/s pour un aller-retour de ${duration(v.rttNs)} : segment / aller-retour × 1,22 / √perte, Mathis 1997`,
      },
    },
  },
  'tcp-retransmissions': {
    summary: (v) =>
      `tshark marque ${count(v.retransmissions, 'retransmission')} parmi ${count(v.sequencedSegments, 'segment')} avec données, SYN ou FIN (${percent(v.retransmissions, v.sequencedSegments)}) : ${count(v.plain, 'simple')}, ${count(v.fast, 'rapide')}, ${count(v.spurious, 'inutile')} ; ${duration(v.waitedNs)} d’attente${
        v.sender === ''
          ? ''
          : ` ; le plus de temps perdu par ${v.sender}:${v.senderPort} vers ${v.receiver}:${v.receiverPort}`
      }`,
    nextStep: 'comparer à notre propre vue des pertes, qui dit de quel côté du point de capture elles sont',
  },
  'tcp-zero-window': {
    summary: (v) =>
      `des récepteurs ont fermé leur fenêtre dans ${count(v.segments, 'segment')}, les émetteurs ont dû attendre ${duration(v.zeroWindowNs)}${
        v.sender === '' ? '' : ` ; le plus longtemps chez ${v.sender}:${v.senderPort} (${duration(v.longestNs)})`
      }`,
    nextStep: 'examiner la charge de l’hôte récepteur et ce que fait son application pendant que la fenêtre est fermée',
    hypotheses: {
      'slow-reader': {
        statement: 'l’application réceptrice lit trop lentement',
        because: (v) => `les fenêtres sont restées fermées ${duration(v.zeroWindowNs)} au total`,
      },
      network: {
        statement: 'le réseau est le goulot d’étranglement',
        because: () =>
          'un récepteur ne ferme sa fenêtre que si des données sont arrivées plus vite qu’elles n’ont été lues',
      },
    },
  },
  'tcp-syn-retransmissions': {
    summary: (v) =>
      `${count(v.retransmissions, 'SYN ou SYN-ACK à renvoyer', 'SYN ou SYN-ACK à renvoyer')} ; les connexions ont attendu ${duration(v.synWaitNs)} avant une réponse, ${duration(v.unansweredWaitNs)} en vain`,
    nextStep: 'voir si les SYN parviennent au serveur : capturer là-bas, ou relever les compteurs de rejet du pare-feu',
  },
  'tcp-connection-refused': {
    summary: (v) =>
      `${count(v.attempts, 'tentative')} de connexion sur ${v.connections} : réponse par RST, rien n’écoute à cet endroit, ou quelque chose rejette`,
    nextStep: 'vérifier que le service tourne et écoute à l’adresse et sur le port que les clients utilisent',
  },
  'tcp-syn-unanswered': {
    summary: (v) =>
      `${count(v.attempts, 'tentative')} de connexion sur ${v.connections} sans aucune réponse : rejet par un filtre, hôte arrêté, ou réponse non capturée`,
    nextStep: 'capturer au serveur, pour voir si les SYN arrivent et si une réponse part',
  },
  'tcp-resets': {
    summary: (v) =>
      `${count(v.segments, 'segment')} avec RST, dont ${count(v.refusals, 'refus', 'refus')} de connexion`,
    nextStep: 'voir qui les envoie, et si des données étaient encore en route',
  },
  'capture-duplicates': {
    summary: (v) =>
      `${count(v.duplicates, 'segment')} sur ${v.segments} enregistré${plural(v.duplicates)} deux fois : un port en miroir ou deux interfaces ; tshark les compte comme retransmissions et ACK en double, nous non`,
    nextStep: 'les retirer avec editcap -d, ou ne mettre en miroir qu’un sens d’un seul port',
  },
}

function isMostlyBefore({ before, after }: Values): boolean {
  return Number(before) > Number(after)
}
