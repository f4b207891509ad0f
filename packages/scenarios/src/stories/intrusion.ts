import { capturedAtClient, capturedAtServer } from '../network/ways.ts'
import { dnsType, textData } from '../payloads/dns.ts'
import { sshTurns } from '../payloads/ssh.ts'
import { filler } from '../payloads/text.ts'
import type { Scenario } from '../scenario.ts'
import type { Stage } from '../stage.ts'
import { MINUTE, MS, megabits, SECOND } from '../units.ts'
import { lookUp, rcodes } from './name-lookup.ts'
import { playConnection } from './play-connection.ts'

/** Forty connections that fail to log in to SSH, two seconds apart. */
function guess(stage: Stage): void {
  for (let i = 0; i < 40; i++) {
    playConnection(stage, {
      way: capturedAtServer(35 * MS),
      startNs: i * 2 * SECOND,
      client: stage.outside(66),
      server: stage.inside(22),
      port: 22,
      turns: sshTurns(stage.random, { refused: 1, sessionBytes: 0 }),
      ending: { by: 'server', afterNs: 10 * MS },
    })
  }
}

export const sshGuessing: Scenario = {
  name: 'ssh-guessing',
  story: 'Somebody outside tries forty passwords at an SSH server, each in a connection of its own, and never gets in.',
  play: (stage) => {
    guess(stage)
    return { expected: [{ kind: 'password-guessing', subject: [stage.outside(66), stage.inside(22)] }] }
  },
}

export const sshGuessed: Scenario = {
  name: 'ssh-guessed',
  story:
    'Somebody outside tries forty passwords at an SSH server; the forty-first is right, and a session of 90 kB follows.',
  play: (stage) => {
    guess(stage)
    playConnection(stage, {
      way: capturedAtServer(35 * MS),
      startNs: 82 * SECOND,
      client: stage.outside(66),
      server: stage.inside(22),
      port: 22,
      turns: sshTurns(stage.random, { refused: 0, sessionBytes: 90_000 }),
    })
    return { expected: [{ kind: 'password-guessed', subject: [stage.outside(66), stage.inside(22)] }] }
  },
}

export const passwordSpraying: Scenario = {
  name: 'password-spraying',
  story: 'Somebody outside tries two passwords at each of thirty SSH servers, ten seconds apart, and gets in nowhere.',
  play: (stage) => {
    for (let i = 0; i < 60; i++) {
      playConnection(stage, {
        way: capturedAtServer(35 * MS),
        startNs: i * 10 * SECOND,
        client: stage.outside(66),
        server: stage.inside(20 + (i % 30)),
        port: 22,
        turns: sshTurns(stage.random, { refused: 1, sessionBytes: 0 }),
        ending: { by: 'server', afterNs: 10 * MS },
      })
    }
    return { expected: [{ kind: 'password-spraying', subject: [stage.outside(66), '30 targets'] }] }
  },
}

export const beacon: Scenario = {
  name: 'beacon',
  story: 'A program on a host inside calls a server outside every 60 seconds, give or take 15 percent, for an hour.',
  play: (stage) => {
    let startNs = 0
    for (let i = 0; i < 60; i++) {
      playConnection(stage, {
        way: capturedAtClient(45 * MS),
        startNs: Math.round(startNs),
        server: stage.outside(66),
        port: 4443,
        turns: [
          { from: 'client', payload: filler(220), afterNs: MS },
          { from: 'server', payload: filler(64), afterNs: 6 * MS },
        ],
      })
      startNs += MINUTE * stage.random.between(0.85, 1.15)
    }
    return {
      expected: [{ kind: 'beacon', subject: [stage.inside(10), stage.outside(66)], evidence: ['syn', 'client'] }],
    }
  },
}

export const dnsTunnel: Scenario = {
  name: 'dns-tunnel',
  story: 'A program on a host inside carries data out in random names below one domain, and back in TXT records.',
  play: (stage) => {
    const { random } = stage
    for (let i = 0; i < 300; i++) {
      lookUp(stage, {
        atNs: i * 180 * MS + random.between(0, 60) * MS,
        name: `${random.word(58)}.${random.word(40)}.t.evil-updates.net`,
        type: dnsType.txt,
        latencyNs: random.between(25, 70) * MS,
        rcode: rcodes.none,
        data: [textData(random.word(180))],
      })
    }
    return { expected: [{ kind: 'dns-tunnel', subject: [stage.inside(10), 'evil-updates.net'], evidence: ['query'] }] }
  },
}

export const exfiltration: Scenario = {
  name: 'exfiltration',
  story: 'A host inside sends 8 MB over an unusual port to an address outside, and gets a few bytes back.',
  play: (stage) => {
    playConnection(stage, {
      way: capturedAtClient(25 * MS, { towardsServer: { bytesPerSecond: megabits(40) } }),
      server: stage.outside(66),
      port: 4444,
      clientOptions: { initialSegments: 10 },
      turns: [
        { from: 'client', payload: filler(8_000_000), afterNs: MS },
        { from: 'server', payload: filler(30), afterNs: MS },
      ],
    })
    return { expected: [{ kind: 'exfiltration', subject: [stage.inside(10), stage.outside(66)] }] }
  },
}

export const lateralMovement: Scenario = {
  name: 'lateral-movement',
  story: 'A host inside is reached over SSH and then opens remote desktops of nine others, one a minute.',
  play: (stage) => {
    playConnection(stage, {
      way: capturedAtServer(3 * MS),
      client: stage.inside(5, 3),
      server: stage.inside(66),
      port: 22,
      turns: sshTurns(stage.random, { refused: 0, sessionBytes: 20_000 }),
    })
    for (let i = 1; i <= 9; i++) {
      playConnection(stage, {
        way: capturedAtClient(MS),
        startNs: i * MINUTE,
        client: stage.inside(66),
        server: stage.inside(100 + i),
        port: 3389,
        turns: [
          { from: 'client', payload: filler(2000), afterNs: MS },
          { from: 'server', payload: filler(40_000), afterNs: 20 * MS },
          { from: 'client', payload: filler(6000), afterNs: 400 * MS },
          { from: 'server', payload: filler(9000), afterNs: 10 * MS },
        ],
      })
    }
    return { expected: [{ kind: 'lateral-movement', subject: [stage.inside(66)] }] }
  },
}
