import type { QualityWords } from '../quality-words.ts'
import { count, duration, percent, plural } from './format.ts'

const nothing = 'pas de TCP pour en juger'

/** From here on the snap length is no limit that anybody chose. */
const LARGEST_SNAP_LENGTH = 65_535

export const qualityWords: QualityWords = {
  places: {
    client: 'prise chez les clients ou à côté d’eux',
    server: 'prise chez les serveurs ou à côté d’eux',
    both: 'prise sur des hôtes à la fois clients et serveurs',
    middle: 'prise entre clients et serveurs',
    unknown: 'prise à un endroit inconnu',
  },
  empty: 'la capture ne contient aucun paquet : elle ne permet de rien conclure',
  verdict: (place, failing, { checks, untold }) =>
    failing.length === 0
      ? `${place} ; rien ne contredit ses nombres (${checks - untold} contrôles sur ${checks} réussis${untold > 0 ? ', les autres sans objet' : ''})`
      : `${place} ; elle ne permet pas de tout conclure : ${failing.join(', ')}`,
  checks: {
    'vantage-point': {
      failing: 'l’endroit où elle a été prise',
      text: (_, n, { place, basis }) => {
        const where = {
          client: 'chez les clients ou à côté d’eux',
          server: 'chez les serveurs ou à côté d’eux',
          both: 'sur des hôtes à la fois clients et serveurs',
          middle: 'entre clients et serveurs',
          unknown:
            'endroit impossible à dire : aucune ouverture de connexion assez longue, aucune limite de sauts, aucune trame marquée comme émise',
        }[place]
        const why = {
          'sent-frames': `${count(n.sentFrames, 'trame marquée comme émise', 'trames marquées comme émises')} par l’hôte qui capture`,
          checksums: `la somme de contrôle de ${count(n.offloadedChecksums, 'segment')} est laissée à la carte réseau`,
          handshakes: `sur ${count(n.handshakes, 'ouverture')} de connexion, ${duration(n.clientPartNs)} au total passés du côté des clients et ${duration(n.serverPartNs)} du côté des serveurs`,
          'hop-limits': `sur ${count(n.hopLimits, 'SYN ou SYN-ACK', 'SYN et SYN-ACK')}, ${n.initialHopLimitsOfClients} de clients et ${n.initialHopLimitsOfServers} de serveurs n’avaient passé aucun routeur`,
          none: '',
        }[basis]
        return why === '' ? where : `${where} : ${why}`
      },
      advice: 'capturer au bout que vise la conclusion, ou aux deux bouts à la fois',
    },
    'both-directions': {
      failing: 'trafic vu dans un seul sens',
      text: (ok, n) =>
        ok === null
          ? 'aucune connexion avec des données pour en juger'
          : `${n.oneWay} sur ${count(n.connections, 'connexion')} avec des données vue${plural(n.oneWay)} dans un seul sens`,
      advice:
        'capturer sur l’un des deux hôtes, ou mettre les deux sens en miroir ; si les routes diffèrent, capturer sur les deux',
    },
    'no-capture-drops': {
      failing: 'paquets perdus par la capture elle-même',
      text: (ok, n) =>
        ok === null
          ? `${nothing}, et pas de statistiques de l’interface`
          : `${n.ackedUnseen} sur ${count(n.segments, 'segment')} acquitte${Number(n.ackedUnseen) < 2 ? '' : 'nt'} des données jamais capturées (${percent(n.ackedUnseen, n.segments)}) ; le fichier annonce ${count(n.dropped, 'paquet perdu', 'paquets perdus')}`,
      advice: 'capturer avec un tampon plus grand et les seuls en-têtes, sur un disque rapide',
    },
    'no-capture-duplicates': {
      failing: 'paquets enregistrés deux fois',
      text: (ok, n) =>
        ok === null
          ? nothing
          : `${n.duplicates} sur ${count(n.segments, 'segment')} avec données, SYN ou FIN enregistré${plural(n.duplicates)} deux fois (${percent(n.duplicates, n.segments)})`,
      advice: 'les retirer, ou ne capturer qu’un sens d’un seul port',
    },
    'no-offload': {
      failing: 'segments regroupés par la carte réseau',
      text: (ok, n) => {
        if (ok === null) return 'pas de données TCP pour en juger'
        const large = `${n.oversized} sur ${count(n.dataSegments, 'segment')} de données plus grand${plural(n.oversized)} que le chemin n’en transporte`
        return `${large} ; sur ${count(n.checksums, 'somme de contrôle examinée', 'sommes de contrôle examinées')}, ${n.offloadedChecksums} laissée${plural(n.offloadedChecksums)} à la carte réseau et ${n.wrongChecksums} fausse${plural(n.wrongChecksums)}`
      },
      advice: 'désactiver le délestage sur l’hôte qui capture, ou capturer sur un port en miroir',
    },
    'whole-packets': {
      failing: 'paquets coupés',
      text: (ok, n) =>
        ok === null
          ? 'aucun paquet'
          : `${n.cut} sur ${count(n.packets, 'paquet')} coupé${plural(n.cut)}${n.cut > 0 && n.snapLengthBytes > 0 && n.snapLengthBytes < LARGEST_SNAP_LENGTH ? ` à ${n.snapLengthBytes} octets` : ''}`,
      advice: 'capturer des paquets entiers là où le contenu compte',
    },
    'monotone-clock': {
      failing: 'une horloge qui saute',
      text: (ok, n) => {
        if (ok === null) return 'aucune trame n’a d’heure'
        const backward =
          n.backwardSteps === 0
            ? 'le temps ne recule jamais'
            : `le temps recule ${n.backwardSteps} fois, de ${duration(n.greatestBackwardNs)} au plus`
        return n.forwardJumps === 0
          ? backward
          : `${backward} ; il saute en avant de ${duration(n.greatestJumpNs)} au plus, ce que contredit l’horodatage des deux côtés`
      },
      advice:
        'stabiliser l’horloge de l’hôte qui capture ; remettre les enregistrements en ordre si seul leur ordre est faux',
    },
    'fine-timestamps': {
      failing: 'heures grossières ou absentes',
      text: (ok, n) =>
        ok === null
          ? 'aucun paquet'
          : n.resolutionNs === 0
            ? 'aucune trame n’a d’heure'
            : `les heures sont données à ${duration(n.resolutionNs)} près`,
      advice: 'capturer avec un horodatage plus fin',
    },
    'connection-starts': {
      failing: 'connexions commencées avant la capture',
      text: (ok, n) =>
        ok === null
          ? nothing
          : `${n.midStream} sur ${count(n.connections, 'connexion')} commencée${plural(n.midStream)} avant la capture`,
      advice: 'lancer la capture avant les connexions ; un tampon tournant peut durer toute la journée',
    },
  },
}
