import { describe, expect, it } from 'vitest'
import { addRequests, newHttpFloodState } from '../../src/detectors/http-flood/requests.ts'

const SECONDS = 20_000
const FLOOD_REQUESTS = 200

describe('what a web server was asked', () => {
  it('keeps the seconds of a flood that begins after days of calm, and forgets calm ones', () => {
    const state = newHttpFloodState()
    const ask = (second: number) =>
      addRequests(state, '198.51.100.7 80', '192.0.2.1', [
        { timeNs: second * 1e9, frame: second + 1, path: 'GET /', isServed: true },
      ])
    for (let second = 0; second < SECONDS; second++) ask(second)
    for (let second = SECONDS; second < SECONDS + 10; second++) for (let i = 0; i < FLOOD_REQUESTS; i++) ask(second)
    const seconds = state.servers.get('198.51.100.7 80')?.seconds
    for (let second = SECONDS; second < SECONDS + 10; second++)
      expect(seconds?.get(second)?.requests).toBe(FLOOD_REQUESTS)
    expect(seconds?.size).toBeLessThanOrEqual(1 << 13)
    expect(state.seconds).toBe(seconds?.size)
    expect(state.droppedSeconds + state.seconds).toBe(SECONDS + 10)
  })

  it('knows what a flood asks for, however many pages were asked for before', () => {
    const state = newHttpFloodState()
    const ask = (path: string) =>
      addRequests(state, '198.51.100.7 80', '192.0.2.1', [{ timeNs: 0, frame: 1, path, isServed: true }])
    for (let page = 0; page < 5000; page++) ask(`GET /${page}`)
    for (let i = 0; i < FLOOD_REQUESTS; i++) ask('GET /login')
    const paths = state.servers.get('198.51.100.7 80')?.paths
    expect(paths?.get('GET /login')).toBe(FLOOD_REQUESTS)
    expect(paths?.size).toBeLessThan(64)
  })
})
