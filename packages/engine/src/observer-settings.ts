import { latency } from './analyzers/latency.ts'
import { rtt } from './analyzers/rtt.ts'
import { silences } from './analyzers/silences.ts'
import { windows } from './analyzers/windows.ts'
import type { ObserverSettings } from './core/observer-settings.ts'
import { beacon } from './detectors/beacon.ts'
import { qualitySettings } from './quality/index.ts'
import { type Configurable, settingOf } from './settings.ts'

/** Capture quality, as a part of the engine with settings. */
export const qualityPart = { id: 'quality', settings: qualitySettings }

/** From when on the core has something to tell: the least that the analyzers' settings ask for, so that each hears enough. */
export function observerSettings(setting: (part: Configurable, name: string) => number): ObserverSettings {
  return {
    silenceNs: Math.min(
      ...['tcpNs', 'interactiveNs', 'udpNs', 'dnsNs'].map((name) => setting(silences, name)),
      setting(beacon, 'leastInterval'),
    ),
    smallWindowBytes: setting(windows, 'smallWindowBytes'),
    slowServerNs: setting(latency, 'slowServerNs'),
    clockStepNs: setting(qualityPart, 'clockStep'),
    queueNs: setting(rtt, 'queueNs'),
  }
}

/** The same by the default of every setting, for listeners of one's own. */
export const defaultObserverSettings = observerSettings((part, name) => settingOf(part, name, {}))
