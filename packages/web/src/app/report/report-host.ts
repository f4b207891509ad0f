import type { Host } from '@pcap-analyzer/viewer'
import { createElement, render } from 'preact'
import { packetsAddress } from '../packets/packet-place.ts'
import type { Language } from '../preferences.ts'
import { ShowingProvider } from '../session/showing.tsx'
import { FindingExtras } from './finding-extras.tsx'
import type { Note } from './notes.ts'
import { keepTable, keepZoom, tableInAddress, zoomInAddress } from './report-place.ts'

/** What the page knows when a report is drawn. */
export interface HostParts {
  readonly taskId: string
  readonly language: Language
  /** Whether packets may be looked at, and the frames of a finding downloaded. */
  readonly hasPackets: boolean
  readonly hasEvidence: boolean
  /** Of the finding with this key, as it is now. */
  noteOf(key: string): Note | undefined
  readonly onSave: ((key: string, note: string, tags: readonly string[]) => Promise<boolean>) | null
}

/** What the application adds to a report: ways to the packets, notes, evidence, and a zoom and tables that the address holds. */
export function reportHost(parts: HostParts): Host {
  const { taskId, language, hasPackets, hasEvidence, noteOf, onSave } = parts
  return {
    ...(hasPackets && {
      packetsAddress: (filter: string) => packetsAddress(taskId, { filter }),
      packetAddress: (frame: number) => packetsAddress(taskId, { frame }),
    }),
    belowFinding: ({ key }, number) => {
      const place = document.createElement('div')
      const draw = () =>
        render(
          // drawn on its own, outside of the application's tree
          createElement(
            ShowingProvider,
            null,
            createElement(FindingExtras, {
              language,
              note: noteOf(key),
              evidence: hasEvidence ? `/api/reports/${taskId}/evidence/${number}` : null,
              onSave:
                onSave === null
                  ? null
                  : async (note, tags) => {
                      const isSaved = await onSave(key, note, tags)
                      if (isSaved) draw()
                      return isSaved
                    },
            }),
          ),
          place,
        )
      draw()
      return place
    },
    zoom: zoomInAddress(),
    onZoom: keepZoom,
    tableView: tableInAddress,
    onTableView: keepTable,
  }
}
