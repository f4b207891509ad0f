const names: readonly (readonly [english: string, french: string])[] = [
  ['DNS', 'le DNS'],
  ['the network', 'le réseau'],
  ['the server', 'le serveur'],
  ['the client', 'le client'],
  ['the transfer', 'le transfert'],
  ['no side alone', 'aucun côté à lui seul'],
]
const toFrench = new Map(names)
const toEnglish = new Map(names.map(([english, french]) => [french, english]))

const english = /^It was (.+?): of the (\d.*?) waited in (\d+ transactions?) (.+? took \d.*? \(.+\))\.$/
const french = /^C’était (.+?) : sur (\d.*?) d’attente en (\d+ transactions?), (.+? a pris \d.*? \(.+\))\.$/
const share = /^(.+?)( took| a pris)? (\d.*? \(.+\))$/

/** The French of the sentence that tells whose time a conversation's was; null of every other text. */
export function frenchTimeSentence(text: string): string | null {
  const [, whose, waited, transactions, shares] = english.exec(text) ?? []
  if (whose === undefined) return null
  const told = frenchNumbers(translateShares(shares, toFrench, ' a pris'))
  return `C’était ${toFrench.get(whose) ?? whose} : sur ${frenchNumbers(waited)} d’attente en ${transactions}, ${told}.`
}

/** The English of such a French sentence. */
export function englishTimeSentence(text: string): string | null {
  const [, whose, waited, transactions, shares] = french.exec(text) ?? []
  if (whose === undefined) return null
  const told = translateShares(englishNumbers(shares), toEnglish, ' took')
  return `It was ${toEnglish.get(whose) ?? whose}: of the ${englishNumbers(waited)} waited in ${transactions} ${told}.`
}

function frenchNumbers(text: string): string {
  return text.replaceAll('.', ',').replace(/(\d) d\b/g, '$1 j')
}

function englishNumbers(text: string): string {
  return text.replace(/(\d),(\d)/g, '$1.$2').replace(/(\d) j\b/g, '$1 d')
}

function translateShares(shares: string, into: ReadonlyMap<string, string>, took: string): string {
  return shares
    .split(', ')
    .map((one) => {
      const [, owner, verb, time] = share.exec(one) ?? []
      return owner === undefined ? one : `${into.get(owner) ?? owner}${verb === undefined ? '' : took} ${time}`
    })
    .join(', ')
}
