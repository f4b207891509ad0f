/** Why a value cannot be sent, as the key of its words. */
export type Broken = 'filled' | 'email' | 'days' | 'mebibytes' | 'longEnough' | 'same'
type Rule = (value: string) => Broken | null

const MOST_DAYS = 3650
const LEAST_PASSWORD = 12

export const filled: Rule = (value) => (value.trim() === '' ? 'filled' : null)
export const email: Rule = (value) => (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value.trim()) ? null : 'email')
export const longEnough: Rule = (value) => (value.length < LEAST_PASSWORD ? 'longEnough' : null)
/** Left empty, too. */
export const days: Rule = (value) => (value === '' || isWhole(value, 1, MOST_DAYS) ? null : 'days')
/** Left empty, too. */
export const mebibytes: Rule = (value) => (value === '' || isWhole(value, 0, 1 << 30) ? null : 'mebibytes')

function isWhole(value: string, least: number, most: number): boolean {
  return /^\d{1,10}$/.test(value) && Number(value) >= least && Number(value) <= most
}

/** Asks rules one after the other, first when a form is sent and then with every change. */
export function check(...rules: readonly Rule[]) {
  return {
    onDynamic: ({ value }: { value: string }): Broken | undefined => {
      for (const rule of rules) {
        const broken = rule(value)
        if (broken !== null) return broken
      }
      return undefined
    },
  }
}
