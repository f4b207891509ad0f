import type { Values } from '../../finding.ts'
import { endpointText } from '../../text/endpoint.ts'
import type { Catalogue, Words } from '../words.ts'
import { count, duration, plural } from './format.ts'

/** The host with its port, or with the number of ports. */
function target({ host, port, ports }: Values): string {
  return Number(ports) > 1 ? `${host} (${ports} ports)` : endpointText(String(host), Number(port))
}

const slowNetwork: Words = {
  summary: (v) =>
    `${count(v.attempts, 'poignée de main', 'poignées de main')} avec ${v.host} en ${duration(v.slowNs)} ou plus parce que le chemin est long : autant que l’aller-retour des données, ${duration(v.longestNs)} au plus`,
  nextStep:
    'chercher où le temps passe sur le chemin (traceroute, capture à mi-chemin) ; un serveur lointain demande moins d’allers-retours, pas un hôte plus rapide',
  hypotheses: {
    network: {
      statement: 'le réseau est la cause de la lenteur',
      because: (v) =>
        `aucune réponse n’est venue avant ${duration(v.leastNs)}, et les données ont été acquittées aussi tard`,
    },
    server: {
      statement: 'l’hôte répond lentement',
      because: (v) => `un hôte lent acquitterait les données plus vite que sa réponse, venue en ${duration(v.leastNs)}`,
    },
  },
}

export const handshakeWords: Catalogue = {
  'tcp-no-answer': {
    summary: (v) =>
      `${target(v)} n’a jamais répondu à ${count(v.attempts, 'tentative')} de connexion sur ${v.allAttempts} : ${v.syns} SYN (${count(v.retries, 'répétition')}), ${duration(v.costNs)} d’attente`,
    nextStep:
      'capturer au serveur : si les SYN arrivent, examiner son pare-feu et sa file d’écoute ; sinon, les filtres sur le chemin',
    hypotheses: {
      'host-unreachable': {
        statement: 'l’hôte est arrêté ou injoignable',
        because: (v) => `il a répondu à ${count(v.answered, 'tentative')}`,
      },
      filtered: {
        statement: 'quelque chose rejette ces SYN, ou ils se sont perdus, alors que l’hôte fonctionne',
        because: (v) => `il a répondu à ${count(v.answered, 'autre tentative', 'autres tentatives')}`,
      },
      'client-gave-up-early': {
        statement: 'le client a renoncé avant qu’une réponse puisse venir',
        because: (v) =>
          `${count(v.retried, 'tentative a répété', 'tentatives ont répété')} le SYN, dont ${v.compliant} avec des attentes doublées comme le demande la RFC 6298`,
      },
    },
  },
  'tcp-refused': {
    summary: (v) =>
      `${target(v)} a refusé par RST ${count(v.attempts, 'tentative')} de connexion sur ${v.allAttempts}${Number(v.costNs) > 0 ? `, ${duration(v.costNs)} après les premiers SYN` : ''}`,
    nextStep:
      'vérifier que le service tourne et écoute à cette adresse et sur ce port, et qu’aucune règle de pare-feu ne rejette',
    hypotheses: {
      'host-down': {
        statement: 'l’hôte est arrêté',
        because: (v) => `il a envoyé ${v.attempts} RST`,
      },
      'one-service-down': {
        statement: 'seuls certains services de l’hôte refusent',
        because: (v) => `il a accepté ${count(v.completed, 'autre connexion', 'autres connexions')}`,
      },
    },
  },
  'tcp-syn-retried': {
    summary: (v) =>
      `${count(v.attempts, 'connexion ouverte', 'connexions ouvertes')} vers ${target(v)} sur ${v.allAttempts} seulement après ${count(v.retries, 'SYN répété', 'SYN répétés')} : ${duration(v.costNs)} d’attente, ${duration(v.longestNs)} au plus`,
    nextStep:
      'capturer au serveur : un SYN qui y arrive sans réponse indique une file d’écoute pleine, un SYN qui n’y arrive pas s’est perdu',
    hypotheses: {
      lost: {
        statement: 'des SYN ou leurs réponses ont été perdus ou rejetés',
        because: (v) =>
          `dans seulement ${v.attempts} tentative${plural(v.attempts)} sur ${v.retried}, le SYN-ACK répond à un SYN antérieur`,
      },
      'answer-late': {
        statement: 'la réponse était seulement tardive',
        because: (v) => `dans ${count(v.attempts, 'tentative')} sur ${v.retried}, le SYN-ACK répond à un SYN antérieur`,
      },
    },
  },
  'tcp-half-open': {
    summary: (v) =>
      `${v.host} n’a pas terminé ${count(v.attempts, 'poignée de main', 'poignées de main')} : le serveur a répété son SYN-ACK ${v.repeats} fois en ${duration(v.costNs)} sans recevoir d’ACK`,
    nextStep:
      'capturer chez le client : voir si le SYN-ACK y arrive ; si oui, examiner son pare-feu, sinon le chemin du retour',
    hypotheses: {
      'client-unreachable': {
        statement: 'le chemin du retour vers le client est coupé, ou le client a disparu',
        because: (v) => `${v.synAcks} SYN-ACK sans réponse`,
      },
      'answer-lost': {
        statement: 'le SYN-ACK n’atteint pas le client',
        because: (v) => `le client a répété son SYN ${v.syns} fois`,
      },
      'never-meant': {
        statement: 'les SYN viennent d’un balayage ou d’une adresse usurpée',
        because: (v) => `${count(v.attempts, 'tentative')}, et aucun SYN n’a été répété`,
      },
      'server-at-fault': {
        statement: 'le serveur est en cause',
        because: (v) => `il a répondu, ${v.synAcks} fois en tout`,
      },
    },
  },
  'tcp-handshake-slow-server': {
    summary: (v) =>
      `${target(v)} n’a répondu à ${v.attempts} SYN qu’après ${duration(v.slowNs)} ou plus (${duration(v.longestNs)} au plus), alors que le chemin est court`,
    nextStep:
      'examiner la charge et la file d’écoute de l’hôte, et les pare-feux ou mandataires qui répondent à sa place',
    hypotheses: {
      server: {
        statement: 'l’hôte, ou ce qui répond à sa place, est lent à accepter',
        because: (v) => `son SYN-ACK le plus rapide a pris ${duration(v.leastNs)}`,
      },
      network: {
        statement: 'le réseau est lent',
        because: (v) =>
          `des données ont été acquittées, ou une autre poignée de main a abouti (${duration(v.fastestNs)}), en moins de la moitié de ${duration(v.leastNs)}`,
      },
    },
  },
  'tcp-handshake-slow-network': slowNetwork,
  'tcp-handshake-slow-client': {
    summary: (v) =>
      `${v.host} a mis jusqu’à ${duration(v.longestNs)} pour envoyer le dernier ACK de ${count(v.attempts, 'poignée de main', 'poignées de main')}`,
    nextStep: 'examiner la charge du client, et si la capture a été faite près de lui',
    hypotheses: {
      client: {
        statement: 'le client tarde à acquitter',
        because: (v) =>
          `${duration(v.leastNs)} ou plus entre SYN-ACK et ACK, et aucun aller-retour de données aussi long`,
      },
      server: {
        statement: 'le serveur est en cause',
        because: (v) => `son SYN-ACK était déjà passé dans ${count(v.attempts, 'poignée de main', 'poignées de main')}`,
      },
    },
  },
}
