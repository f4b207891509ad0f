/** Titles and labels of sections, English to French. */
export const frenchSectionWords: Readonly<Record<string, string>> = {}
