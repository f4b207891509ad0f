import { describe, expect, it } from 'vitest'
import { lintCompose } from '../src/lint/compose.ts'
import { lintKubernetes } from '../src/lint/kubernetes.ts'

/** Nine times nine times … aliases. */
const bomb = Array.from({ length: 12 }, (_, i) =>
  i === 0
    ? 'a0: &a0 [x]'
    : `a${i}: &a${i} [${Array(9)
        .fill(`*a${i - 1}`)
        .join(', ')}]`,
).join('\n')

describe('T94 anchors, aliases and merge keys of a compose file', () => {
  const ids = (text: string) =>
    lintCompose(text, 'compose.yaml')
      .filter(({ verdict }) => verdict === 'fail')
      .map(({ id, location }) => `${id}:${location?.line}`)

  it.each([
    [
      'merged',
      'x-db: &db\n  image: postgres:15\n  ports: ["5432:5432"]\nservices:\n  db:\n    <<: *db\n',
      'compose.port-open:3',
    ],
    ['a whole service', 'x-db: &db\n  ports: ["5432:5432"]\nservices:\n  db: *db\n', 'compose.port-open:2'],
    ['ports', 'x-p: &p ["5432:5432"]\nservices:\n  db: { image: "postgres:15", ports: *p }\n', 'compose.port-open:1'],
    [
      'one of several',
      'x-a: &a { privileged: true }\nx-b: &b { image: "app:1" }\nservices:\n  x:\n    <<: [*b, *a]\n',
      'compose.privileged:1',
    ],
    [
      'an environment',
      'x-e: &e\n  POSTGRES_PASSWORD: Xy7-Kd9mQw\nservices:\n  db:\n    image: "app:1"\n    environment:\n      <<: *e\n',
      'compose.literal-secret:2',
    ],
  ])('are what they stand for, at the line where it is written: %s', (_, text, expected) => {
    expect(ids(text)).toContain(expected)
  })

  it('give way to what the service says itself', () => {
    const text =
      'x-db: &db\n  image: postgres:15\n  ports: ["5432:5432"]\nservices:\n  db:\n    <<: *db\n    ports: ["127.0.0.1:5432:5432"]\n'
    expect(ids(text).filter((id) => id.startsWith('compose.port-open'))).toEqual([])
  })

  it.each([
    ['nothing', 'services:\n  db: *none\n'],
    ['itself', 'services:\n  db: &a { x: *a }\n'],
    ['more than anybody writes', `${bomb}\nservices:\n  db: { x: *a11 }\n`],
    ['no mapping', 'x-a: &a [1]\nservices:\n  db:\n    <<: *a\n'],
  ])('are a failure where they stand for %s', (_, text) => {
    expect(ids(text).map((id) => id.replace('syntax', 'shape'))).toEqual([expect.stringContaining('compose.shape')])
  })
})

describe('T94 files that are not what they are said to be', () => {
  it.each([
    ['nothing', ''],
    ['a comment', '# services:\n'],
    ['bytes', '\ufffd\ufffd\0'],
    ['a list', '- services\n'],
    ['a word', 'services\n'],
    ['something else', 'apiVersion: v1\nkind: Service\n'],
    ['services that are none', 'services: [db]\n'],
    ['no service', 'services: {}\n'],
    ['a service that is none', 'services:\n  db: null\n  app: { image: "app:1" }\n'],
    ['ports that are none', 'services:\n  db: { image: "app:1", ports: 5432 }\n'],
    ['an environment that is none', 'services:\n  db: { image: "app:1", environment: 7 }\n'],
  ])('%s is no compose file, and does not hold', (_, text) => {
    const failed = lintCompose(text, 'compose.yaml').filter(({ verdict }) => verdict === 'fail')
    expect(failed.map(({ id }) => id)).toContain('compose.shape')
    expect(failed[0].location?.file).toBe('compose.yaml')
  })

  it.each([
    ['an override of volumes', 'services:\n  app: { image: "app:1" }\nvolumes: { data: {} }\n'],
    ['one that includes others', 'include: [other.yaml]\n'],
    ['an extension', 'x-common: &c { image: "app:1" }\nservices:\n  app: { <<: *c }\n'],
  ])('%s is one', (_, text) => {
    expect(lintCompose(text, 'compose.yaml').map(({ id }) => id)).not.toContain('compose.shape')
  })

  it.each([
    ['nothing', ''],
    ['a list', '- kind: Service\n'],
    ['a compose file', 'services: { db: { image: x } }\n'],
    ['a word', 'kind\n'],
    ['aliases without an end', 'kind: Service\nspec: &a { x: *a }\n'],
    ['more aliases than anybody writes', `kind: Service\nspec: 1\n${bomb}`],
  ])('%s is no manifest, and does not hold', (_, text) => {
    const failed = lintKubernetes(text, 'm.yaml').filter(({ verdict }) => verdict === 'fail')
    expect(failed.map(({ id }) => id.replace('syntax', 'shape'))).toContain('kubernetes.shape')
  })

  it('documents that Helm leaves empty are passed over where others are manifests', () => {
    const text = '---\n# Source: x\n---\nkind: ConfigMap\nmetadata: { name: a }\n---\n'
    expect(lintKubernetes(text, 'm.yaml').map(({ id }) => id)).not.toContain('kubernetes.shape')
  })
})
