import { type Document, isAlias, isMap, isScalar, isSeq, Pair, YAMLMap, YAMLSeq } from 'yaml'

/** Nobody writes a deployment of so many nodes; a file of aliases upon aliases has them soon. */
const MOST_NODES = 100_000

/**
 * A node with what its aliases and merge keys (`<<`) stand for, each part still knowing where it was written. @throws {Error} for an alias of
 * nothing, one that holds itself, and more nodes than anybody writes
 */
export function withoutAliases(root: unknown, document: Document): unknown {
  let count = 0
  const within = new Set<unknown>()
  const expand = (node: unknown): unknown => {
    if (++count > MOST_NODES) throw new Error(`more than ${MOST_NODES} nodes, by aliases of aliases`)
    if (!isAlias(node) && !isMap(node) && !isSeq(node)) return node
    if (within.has(node)) throw new Error('an alias holds itself')
    within.add(node)
    try {
      if (isMap(node)) return merged(node)
      if (isSeq(node)) return sequence(node)
      const source = node.resolve(document)
      if (source === undefined) throw new Error(`there is no anchor ${node.source}`)
      return expand(source)
    } finally {
      within.delete(node)
    }
  }
  const sequence = (node: YAMLSeq): YAMLSeq => {
    const copy = new YAMLSeq(document.schema)
    copy.range = node.range ?? null
    copy.items = node.items.map(expand)
    return copy
  }
  /** What the map itself says wins over what it merges, and of that the first. */
  const merged = (node: YAMLMap): YAMLMap => {
    const copy = new YAMLMap(document.schema)
    copy.range = node.range ?? null
    const isMerge = (key: unknown): boolean => isScalar(key) && key.value === '<<'
    const sources: unknown[] = []
    for (const { key, value } of node.items) {
      if (isMerge(key)) sources.push(...flat(expand(value)))
      else copy.items.push(new Pair(key, expand(value)))
    }
    for (const source of sources) {
      if (!isMap(source)) throw new Error('what is merged is no mapping')
      for (const pair of source.items) if (!copy.has(pair.key)) copy.items.push(pair)
    }
    return copy
  }
  return expand(root)
}

function flat(value: unknown): readonly unknown[] {
  return isSeq(value) ? value.items : [value]
}
