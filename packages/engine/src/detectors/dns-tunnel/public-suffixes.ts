/**
 * Suffixes of more than one label under which the public registers names, as publicsuffix.org lists them: the second level of countries
 * with many hosts, wildcard rules, and providers that give every customer a name. A selection: what is missing makes a domain too wide,
 * never too narrow.
 */
const secondLevels: Readonly<Record<string, string>> = {
  ac: 'com edu gov mil net org',
  ae: 'ac co gov mil net org sch',
  ar: 'com edu gob gov int mil musica net org tur',
  at: 'ac co gv or',
  au: 'asn com edu gov id net org',
  ba: 'com edu gov mil net org',
  bd: '*',
  bo: 'com edu gob int mil net org tv',
  br: 'adv art blog com eco edu emp eng gov ind inf jus leg mil mus net ong org pro tv wiki',
  by: 'com gov mil',
  ck: '*',
  cn: 'ac ah bj com cq edu fj gd gov gs gx gz ha hb he hi hk hl hn jl js jx ln mil mo net nm nx org qh sc sd sh sn sx tj tw xj xz yn zj',
  co: 'com edu gov mil net nom org',
  cr: 'ac co ed fi go or sa',
  cy: 'ac biz com ekloges gov ltd mil net org press pro tm',
  do: 'art com edu gob gov mil net org sld web',
  dz: 'art asso com edu gov net org pol',
  ec: 'com edu fin gob gov info k12 med mil net org pro',
  ee: 'aip com edu fie gov lib med org pri riik',
  eg: 'com edu eun gov mil name net org sci',
  er: '*',
  es: 'com edu gob nom org',
  fj: 'ac biz com gov info mil name net org pro',
  fk: '*',
  fr: 'asso com gouv nom prd tm',
  gh: 'com edu gov mil org',
  gr: 'com edu gov net org',
  gt: 'com edu gob ind mil net org',
  hk: 'com edu gov idv net org',
  hr: 'com from iz name',
  hu: '2000 agrar bolt casino city co erotica erotika film forum games hotel info ingatlan jogasz konyvelo lakas media news org priv reklam sex shop sport suli szex tm tozsde utazas video',
  id: 'ac biz co desa go mil my net or ponpes sch web',
  il: 'ac co gov idf k12 muni net org',
  in: 'ac co edu firm gen gov ind mil net nic org res',
  ir: 'ac co gov id net org sch',
  it: 'edu gov',
  jm: '*',
  jo: 'com edu gov mil name net org sch',
  jp: 'ac ad co ed go gr lg ne or',
  ke: 'ac co go info me mobi ne or sc',
  kh: '*',
  kr: 'ac co es go hs kg mil ms ne or pe re sc',
  kw: 'com edu emb gov ind net org',
  kz: 'com edu gov mil net org',
  lb: 'com edu gov net org',
  lk: 'ac assn com edu gov grp hotel int ltd net ngo org sch soc web',
  ma: 'ac co gov net org press',
  mm: '*',
  mo: 'com edu gov net org',
  mt: 'com edu net org',
  mx: 'com edu gob net org',
  my: 'biz com edu gov mil name net org',
  ng: 'com edu gov i mil mobi name net org sch',
  ni: 'ac biz co com edu gob in info int mil net nom org web',
  np: '*',
  nz: 'ac co cri geek gen govt health iwi kiwi maori mil net org parliament school',
  pa: 'abo ac com edu gob ing med net nom org sld',
  pe: 'com edu gob mil net nom org',
  pg: '*',
  ph: 'com edu gov i mil net ngo org',
  pk: 'biz com edu fam gob gok gon gop gos gov info net org web',
  pl: 'agro aid atm auto biz com edu gmina gov gsm info mail media miasta mil net nieruchomosci nom org pc powiat priv realestate rel sex shop sklep sos szkola targi tm tourism travel turystyka waw',
  pt: 'com edu gov int net nome org publ',
  py: 'com coop edu gov mil net org',
  qa: 'com edu gov mil name net org sch',
  ro: 'arts com firm info nom nt org rec store tm www',
  rs: 'ac co edu gov in org',
  ru: 'ac com edu gov int mil msk net org pp spb',
  sa: 'com edu gov med net org pub sch',
  sg: 'com edu gov net org per',
  sv: 'com edu gob org red',
  th: 'ac co go in mi net or',
  tn: 'com ens fin gov ind info intl nat net org perso tourism',
  tr: 'av bbs bel biz com dr edu gen gov info k12 kep mil name net org pol tel tv web',
  tt: 'biz co com edu gov info name net org pro',
  tw: 'club com ebiz edu game gov idv mil net org',
  tz: 'ac co go hotel info me mil mobi ne or sc tv',
  ua: 'cherkasy com dnipro edu gov in kharkiv kiev kyiv lviv net od odessa org pp zp',
  ug: 'ac co com go ne or org sc',
  uk: 'ac co gov ltd me net nhs org plc police sch',
  us: 'dni fed isa kids nsn',
  uy: 'com edu gub mil net org',
  uz: 'co com net org',
  ve: 'arts bib co com e12 edu firm gob gov info int mil net nom org rar rec store tec web',
  vn: 'ac biz com edu gov health info int name net org pro',
  za: 'ac agric alt co edu gov grondar law mil net ngo nic nis nom org school tm web',
  zm: 'ac biz co com edu gov info mil net org sch',
  zw: 'ac co gov mil org',
}

/** Names below these are names of somebody else each. */
const providers = [
  'appspot.com',
  'azurewebsites.net',
  'azureedge.net',
  'blob.core.windows.net',
  'blogspot.com',
  'cloudapp.azure.com',
  'cloudapp.net',
  'cloudfront.net',
  'ddns.net',
  'duckdns.org',
  'dyndns.org',
  'elasticbeanstalk.com',
  'fastly.net',
  'firebaseapp.com',
  'github.io',
  'gitlab.io',
  'herokuapp.com',
  'hopto.org',
  'myshopify.com',
  'netlify.app',
  'ngrok.io',
  'no-ip.org',
  'onrender.com',
  'pages.dev',
  's3.amazonaws.com',
  'sytes.net',
  'trafficmanager.net',
  'vercel.app',
  'web.app',
  'workers.dev',
  'zapto.org',
]

/** Rules that a wildcard does not cover: the name itself is registered. */
const exceptions: ReadonlySet<string> = new Set(['www.ck'])

const wildcards = new Set<string>()
const suffixes = new Set<string>(providers)
for (const [top, levels] of Object.entries(secondLevels)) {
  if (levels === '*') wildcards.add(top)
  else for (const level of levels.split(' ')) suffixes.add(`${level}.${top}`)
}

/** A name taken apart: the domain somebody registered, and what stands before it ('' when nothing does). */
export interface RegisteredName {
  readonly domain: string
  readonly subdomain: string
}

/** The registered domain of a name by the public suffix rules; null when the name is a suffix itself. Lower case. O(labels). */
export function registeredName(name: string): RegisteredName | null {
  const labels = name.toLowerCase().replace(/\.$/, '').split('.')
  const suffixLabels = countSuffixLabels(labels)
  const start = labels.length - suffixLabels - 1
  if (start < 0) return null
  return { domain: labels.slice(start).join('.'), subdomain: labels.slice(0, start).join('.') }
}

/** Labels of the longest rule that fits; an unlisted top level is a suffix of its own. */
function countSuffixLabels(labels: readonly string[]): number {
  const { length } = labels
  for (let count = Math.min(length, 4); count >= 2; count--) {
    const candidate = labels.slice(length - count).join('.')
    if (exceptions.has(candidate)) return count - 1
    if (suffixes.has(candidate)) return count
  }
  return length >= 2 && wildcards.has(labels[length - 1]) ? 2 : 1
}
