import { translations } from '../../language/translations.ts'

/** What is said beside a field. */
export const formWords = translations(
  {
    'rules.filled': 'This is needed.',
    'rules.email': 'This is no e-mail address: name@example.com is one.',
    'rules.days': 'Whole days, from 1 to 3650.',
    'rules.mebibytes': 'Whole mebibytes, 0 or more.',
    'rules.longEnough': 'At least 12 characters are needed.',
    'rules.same': 'The two passwords differ.',
  },
  {
    'rules.filled': 'Ce champ est nécessaire.',
    'rules.email': 'Ce n’est pas une adresse électronique : nom@exemple.fr en est une.',
    'rules.days': 'Des jours entiers, de 1 à 3650.',
    'rules.mebibytes': 'Des mébioctets entiers, 0 ou plus.',
    'rules.longEnough': 'Il faut au moins 12 caractères.',
    'rules.same': 'Les deux mots de passe diffèrent.',
  },
)
