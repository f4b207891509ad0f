import type { Catalogue } from '../words.ts'
import { count, duration, percent } from './format.ts'

/** Words for the detector of DNS tunnels. */
export const dnsTunnelWords: Catalogue = {
  'dns-tunnel': {
    summary: (v) =>
      `${v.source} a demandé ${count(v.names, 'nom différent', 'noms différents')} sous ${v.domain} en ${duration(v.durationNs)}, longs de ${v.length} caractères en moyenne : place pour ${count(v.bytes, 'octet')} de données`,
    nextStep: (v) =>
      `trouver le programme de ${v.source} qui pose ces questions, voir à qui appartient ${v.domain}, et ne laisser que le résolveur interroger l’extérieur`,
    hypotheses: {
      longNames: {
        statement: 'les noms sont plus longs que ceux d’hôtes',
        because: (v) => `${v.length} caractères devant le domaine en moyenne, ${v.longest} au plus`,
      },
      randomNames: {
        statement: 'les noms sont des données encodées',
        because: (v) => `entropie de ${String(v.entropy).replace('.', ',')} bits par caractère`,
      },
      carrierTypes: {
        statement: 'les questions portent sur des types qui rapportent des données',
        because: (v) => `${percent(v.carriers, v.queries)} des questions portent sur TXT, NULL, CNAME, MX ou des clés`,
      },
    },
    innocentExplanations: [
      'un service interrogé par empreintes : antivirus, filtre de courrier, contrôle de licence',
      'un réseau de diffusion ou une télémétrie qui écrit des identifiants dans les noms',
      'un essai du DNS, ou des mesures qui n’emploient chaque nom qu’une fois',
    ],
    confirmOrRefute: [
      'les serveurs de noms du domaine : un seul hôte loué par quelqu’un confirme, un produit connu réfute',
      'des réponses aussi longues et aléatoires que les questions confirment ; toujours les mêmes adresses réfutent',
      'les questions continuent quand personne ne travaille, et aucun autre programme de l’hôte n’emploie les adresses',
    ],
  },
}
