import type { FieldType } from '../field.ts'
import type { PatternCause } from '../pattern-fault.ts'
import type { FilterSentences } from './index.ts'

const expected: Readonly<Record<FieldType, string>> = {
  number: 'un nombre est attendu, par exemple 80 ou 0x50',
  boolean: '1, 0, true ou false est attendu',
  text: 'un texte entre guillemets droits est attendu',
  ipv4: 'une adresse ou un réseau IPv4 est attendu, par exemple 192.0.2.1 ou 10.0.0.0/8',
  ipv6: 'une adresse ou un réseau IPv6 est attendu, par exemple 2001:db8::1 ou 2001:db8::/32',
  ether: 'une adresse matérielle est attendue, par exemple 00:00:5e:00:53:01',
  bytes: 'des octets sont attendus, par exemple 47:45:54 ou "GET"',
  duration: 'un nombre de secondes est attendu, par exemple 0.5',
  time: 'une heure UTC entre guillemets droits est attendue, par exemple "2026-01-31T12:00:00Z"',
  protocol: 'des octets sont attendus, par exemple 47:45:54 ou "GET"',
}

const types: Readonly<Record<FieldType, string>> = {
  number: 'un nombre',
  boolean: 'un booléen',
  text: 'un texte',
  ipv4: 'une adresse IPv4',
  ipv6: 'une adresse IPv6',
  ether: 'une adresse matérielle',
  bytes: 'des octets',
  duration: 'une durée',
  time: 'une heure',
  protocol: 'un protocole',
}

const patterns: Readonly<Record<PatternCause, string>> = {
  openGroup: 'ouvre un groupe qui n’est jamais fermé',
  extraBracket: 'ferme un groupe qui n’a jamais été ouvert',
  unknownGroup: 'ne commence aucune sorte de groupe connue',
  openClass: 'ouvre un ensemble de lettres qui n’est jamais fermé',
  classOrder: 'est un intervalle qui finit avant de commencer',
  nothingToRepeat: 'n’a rien à répéter devant lui',
  countOrder: 'demande un maximum inférieur au minimum',
  lastBackslash: 'n’a rien à échapper derrière lui',
}

/** What can be wrong with a filter, and what to do about it, in French. */
export const fr: FilterSentences = {
  wrongAtEnd: (what) => `le filtre est erroné à sa fin : ${what}`,
  wrongAt: (column, piece, what) => `le filtre est erroné à la colonne ${column} : ${piece} : ${what}`,

  unexpected: (letter) => `${letter} n’est pas attendu ici`,
  noClosingQuote: () => 'le guillemet qui ferme le texte manque',
  noEscape: (sequence) => `${sequence} n’est pas une séquence d’échappement`,
  rawText: () => 'r"…" prend les barres obliques inverses telles quelles',

  empty: () => 'il est vide',
  expectedEnd: () => 'and, or ou la fin est attendu',
  tooDeep: (most) => `plus de ${most} niveaux sont imbriqués`,
  needsComparison: (quantifier) => `${quantifier} demande une comparaison`,
  valueAlone: () => 'une valeur seule n’est pas un test',
  compareIt: () => 'comparez-lui un champ : champ == valeur',
  endsEarly: () => 'il se termine là où un champ ou une valeur est attendu',
  expectedOperand: () => 'un champ ou une valeur est attendu',
  expectedOperator: (operator) => `${operator} est attendu`,
  noFunction: (name) => `la fonction ${name} n’existe pas`,
  functions: (names) => `fonctions : ${names.join(', ')}`,
  openSlice: () => 'le crochet qui ferme la tranche manque',
  noSlice: (part) => `${part} n’est pas une tranche`,
  slices: () => '[début], [début:longueur], [premier-dernier]',

  noField: (name) => `le champ ${name} n’existe pas`,
  listOfFields: () => 'docs/reference/filters.md donne la liste des champs',
  didYouMean: (names) => `vouliez-vous dire ${names.join(', ')} ?`,
  expectedField: () => 'un champ est attendu',
  expectedValue: (type) => expected[type],
  knownOnly: (field, values) => `de ${field}, seules les valeurs ${values.join(', ')} sont connues ici`,
  twoValues: () => 'deux valeurs sont comparées, sans aucun champ',
  fieldOnTheLeft: () => 'le champ se place à gauche',

  needsNumbers: (type) => `& demande des nombres, pas ${types[type]}`,
  needsBytes: (type) => `une tranche demande des octets, pas ${types[type]}`,
  needsText: (name, type) => `${name} demande un texte, pas ${types[type]}`,
  needsTextOrBytes: (name, type) => `${name} demande un texte ou des octets, pas ${types[type]}`,
  expectedTextOrBytes: () => 'un texte ou des octets sont attendus',
  expectedPattern: () => 'une expression régulière entre guillemets droits est attendue',
  badPattern: (cause, letter, piece) => `au caractère ${letter} de l’expression régulière, ${piece} ${patterns[cause]}`,
  patternLetter: (letter) => `\\${letter} dans un texte qui commence par r" désigne le caractère lui-même`,
  // of what is rarer the reason comes in English from whatever runs the expression: its last part is quoted as that
  refusedPattern: (reason) =>
    `ce n’est pas une expression régulière (d’après JavaScript : « ${reason.slice(reason.lastIndexOf(': ') + 1).trim()} »)`,
}
