import type { Catalogue } from '../words.ts'
import { count } from './format.ts'

export const flowWords: Catalogue = {
  'one-way-connections': {
    summary: (v) => `un seul sens capturé pour ${count(v.connections, 'connexion')} TCP sur ${v.all}`,
    nextStep:
      'capturer là où les deux sens passent : mettre en miroir les deux sens du port, ou tous les liens du chemin',
    hypotheses: {
      'asymmetric-route': {
        statement: 'l’autre sens prend un autre chemin',
        because: (v) => `les deux sens de ${count(v.both, 'connexion')} ont été capturés au même endroit`,
      },
      'one-way-capture': {
        statement: 'la capture ne voit qu’un sens de tout le trafic',
        because: (v) => `les deux sens de ${count(v.both, 'connexion')} ont été capturés`,
      },
    },
  },
}
