type Texts = Readonly<Record<'en' | 'fr', string>>

const texts: Readonly<Record<string, Texts>> = {
  NOT_A_CAPTURE: {
    en: 'This file is not a packet capture that can be read.',
    fr: "Ce fichier n'est pas une capture de paquets lisible.",
  },
  EMPTY_INPUT: { en: 'The capture is empty.', fr: 'La capture est vide.' },
  DAMAGED_HEADER: { en: 'The header of the capture is damaged.', fr: "L'en-tête de la capture est endommagé." },
  UNSUPPORTED_VERSION: {
    en: 'This version of the capture format cannot be read.',
    fr: 'Cette version du format de capture ne peut pas être lue.',
  },
  DECOMPRESSION_LIMIT: {
    en: 'The capture grows beyond the allowed ratio when decompressed (decompression bomb).',
    fr: 'La capture dépasse le ratio autorisé une fois décompressée (bombe de décompression).',
  },
  CAPTURE_MISSING: {
    en: 'The capture is no longer in the store.',
    fr: "La capture n'est plus présente dans le stockage.",
  },
  TIME_LIMIT: {
    en: 'The analysis took too long and was ended.',
    fr: "L'analyse a duré trop longtemps et a été arrêtée.",
  },
  MEMORY_LIMIT: {
    en: 'The analysis needed more memory than allowed and was ended.',
    fr: "L'analyse a demandé plus de mémoire que permis et a été arrêtée.",
  },
}
const UNEXPECTED: Texts = {
  en: 'The analysis failed unexpectedly. The administrator finds the reason in the log.',
  fr: "L'analyse a échoué de façon inattendue. L'administrateur en trouve la raison dans le journal.",
}

/** What a user reads of a failure; what the machine said of it stays in the log. */
export function failureText(code: string, language: 'en' | 'fr'): string {
  return (texts[code] ?? UNEXPECTED)[language]
}
