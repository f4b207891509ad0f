import { isIP } from 'node:net'
import type { Values } from './config.ts'

/** Addresses that clouds give their machines' own secrets away at, and names for them. */
const FORBIDDEN = /^(?:169\.254\.|fe80:|fd00:ec2::254$|metadata(?:\.google\.internal)?$|instance-data$)/i
const HOST_NAME = /^(?!-)[A-Za-z0-9_.-]{1,253}$/

/** What is wrong with the machines that the service is told to call, one sentence each. */
export function outsideHostProblems(values: Values): string[] {
  return [...storeProblems(values), ...mailProblems(values)]
}

function storeProblems({ STORAGE, S3_ENDPOINT }: Values): string[] {
  if (STORAGE !== 's3' || S3_ENDPOINT === null) return []
  const url = URL.canParse(S3_ENDPOINT) ? new URL(S3_ENDPOINT) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    return ['S3_ENDPOINT is no address that begins with https:// or http://']
  }
  if (url.username !== '' || url.password !== '') {
    return ['S3_ENDPOINT holds a login; set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY']
  }
  if (url.search !== '' || url.hash !== '') return ['S3_ENDPOINT holds a query; it must end with the bucket']
  return hostProblems('S3_ENDPOINT', url.hostname.replace(/^\[|\]$/g, ''))
}

function mailProblems({ MAIL_ENABLED, SMTP_HOST }: Values): string[] {
  return MAIL_ENABLED ? hostProblems('SMTP_HOST', SMTP_HOST ?? '') : []
}

function hostProblems(name: string, host: string): string[] {
  if (isIP(host) === 0 && !HOST_NAME.test(host)) return [`${name} is not the name or address of a machine`]
  return FORBIDDEN.test(host) ? [`${name} names an address where clouds keep secrets of their machines`] : []
}
