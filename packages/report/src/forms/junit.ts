import type { Finding, Report } from '@pcap-analyzer/engine'
import { durationText } from '@pcap-analyzer/viewer/format'
import type { Form } from '../form.ts'
import { captureName } from '../report-parts.ts'
import { xmlText } from './xml-text.ts'

const FAILING: readonly string[] = ['medium', 'high', 'critical']

/** A test report as continuous integration reads it: a failure for each finding that matters, a passed case for what was not seen. */
export const junit: Form = {
  id: 'junit',
  description: 'test results: findings of medium severity and above fail, what was not seen passes',
  files: (report) => [{ name: 'junit.xml', content: junitXml(report) }],
}

function junitXml(report: Report): string {
  const name = xmlText(captureName(report.capture))
  const failing = report.findings.filter(({ severity }) => FAILING.includes(severity))
  const others = report.findings.filter(({ severity }) => !FAILING.includes(severity))
  const unseen = report.notSeen.map(({ id, isVisible, text }) =>
    isVisible
      ? testcase('not-seen', id, `<system-out>${xmlText(text)}</system-out>`)
      : testcase('not-seen', id, `<skipped message="${xmlText(text)}"/>`),
  )
  const cases = [...failing.map(failedCase), ...others.map(passedCase), ...unseen]
  const skipped = report.notSeen.filter(({ isVisible }) => !isVisible).length
  const counts = `tests="${cases.length}" failures="${failing.length}" errors="0" skipped="${skipped}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="pcap-analyzer" ${counts}>`,
    `<testsuite name="${name}" ${counts} time="${(report.capture.durationNs / 1e9).toFixed(9)}">`,
    ...cases,
    '</testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function failedCase(finding: Finding): string {
  const { severity, summary } = finding
  const failure = `<failure type="${severity}" message="${xmlText(summary)}">${xmlText(detail(finding))}</failure>`
  return testcase(finding.kind, finding.key, failure)
}

function passedCase(finding: Finding): string {
  const text = `${finding.severity}: ${finding.summary}\n${detail(finding)}`
  return testcase(finding.kind, finding.key, `<system-out>${text.split('\n').map(xmlText).join('\n')}</system-out>`)
}

function detail({ costNs, confidence, displayFilter, evidence, nextStep }: Finding): string {
  const cost = costNs === null ? 'none counted' : durationText(costNs)
  return `cost ${cost}; confidence ${confidence}; frames ${evidence.frames.join(' ')} (${evidence.frames.length} of ${evidence.total}); filter ${displayFilter}; next: ${nextStep}`
}

function testcase(kind: string, key: string, content: string): string {
  return `<testcase classname="${xmlText(kind)}" name="${xmlText(key)}">${content}</testcase>`
}
