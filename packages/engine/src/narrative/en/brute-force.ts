import type { Values } from '../../finding.ts'
import type { Catalogue, Words } from '../words.ts'
import { count, duration, percent } from './format.ts'

const common: Omit<Words, 'summary' | 'nextStep'> = {
  hypotheses: {
    refusedInClear: {
      statement: 'passwords are being guessed',
      because: (v) => `the server refused ${v.failed} of ${v.attempts} logins (${percent(v.failed, v.attempts)})`,
    },
    shortConnections: {
      statement: 'passwords are being guessed',
      because: (v) =>
        `${v.failed} of ${v.attempts} connections ended after a login's worth of bytes, without a session`,
    },
    realWork: {
      statement: 'the source works with the service',
      because: (v) => `only ${v.succeeded} of ${v.attempts} logins led to anything`,
    },
  },
  innocentExplanations: [
    'a script, backup job or monitor whose password has expired and that keeps trying',
    'a job that runs very short commands over SSH, each in a connection of its own',
    'a password audit or penetration test of your own',
  ],
  confirmOrRefute: [
    'the log of the service names the accounts: many names, or many passwords for one, confirm',
    'a forgotten job tries one account at even intervals, a guesser as fast as it can',
    'see whether the same source tries other hosts or services',
  ],
}

const at = (v: Values) => `${v.service} at ${v.target} port ${v.port}${v.resource === '' ? '' : ` ${v.resource}`}`

/** Words for the detector of password guessing. */
export const bruteForceWords: Catalogue = {
  'password-guessing': {
    ...common,
    summary: (v) =>
      `${v.source} failed ${count(v.failed, 'time')} to log in to ${at(v)} within ${duration(v.durationNs)}, and never got in`,
    nextStep: (v) =>
      `see in the log of ${v.target} which accounts were tried; limit attempts, and allow ${v.service} only from where it is needed`,
  },
  'password-guessed': {
    ...common,
    summary: (v) =>
      `${v.source} failed ${count(v.failed, 'time')} to log in to ${at(v)}, then got in (frame ${v.enteredFrame})`,
    nextStep: (v) =>
      `treat the account as taken: see in the log of ${v.target} who logged in, what was done in that session, and change the password`,
  },
  'password-spraying': {
    ...common,
    hypotheses: {
      spraying: {
        statement: 'the same few passwords are tried everywhere',
        because: (v) =>
          `${v.failed} of ${v.attempts} logins at ${count(v.targets, 'target')} failed (${percent(v.failed, v.attempts)})`,
      },
      realWork: {
        statement: 'the source manages these hosts',
        because: (v) => `only ${v.succeeded} of ${v.attempts} logins led to anything`,
      },
    },
    summary: (v) =>
      `${v.source} failed to log in to ${v.service} (port ${v.port}) of ${count(v.targets, 'target')} within ${duration(v.durationNs)}, at most ${count(v.most, 'time')} each`,
    nextStep: (v) =>
      `see in the logs of the targets which accounts were tried, block ${v.source}, and look for an account that did get in elsewhere`,
  },
}
