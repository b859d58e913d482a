import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml'
import { MAX_DEPTH, readDocument } from './yaml-syntax.ts'
import type { Report } from './report.ts'
import type { Source, Span } from './source.ts'
import type { YamlEntry, YamlNode, YamlScalar } from './yaml-node.ts'

/** Nodes after aliases are put in; a file of the largest size without aliases has fewer. */
const MAX_NODES = 1_000_000
const MAX_ALIASES = 100

/** Reads a rule file into nodes with places; `undefined`, and a diagnostic, when it cannot be read. */
export function readYaml(source: Source, report: Report): YamlNode | undefined {
  const document = readDocument(source, report)
  if (document === undefined) return undefined
  const root = document.contents
  if (root === null) return emptyNode({ start: 0, end: 0 })
  const anchors = new Map<string, Node>()
  const failure: { reported: boolean } = { reported: false }
  let nodes = 0
  let aliases = 0

  const fail = (
    span: Span,
    code: 'too-deep' | 'yaml-syntax' | 'duplicate-key',
    message: string,
    hint?: string,
  ): void => {
    if (failure.reported) return
    failure.reported = true
    report.error(source, span, code, message, hint)
  }

  /** What is being converted, from the root on. */
  const open = new Set<Node>()

  const convert = (node: Node | null | undefined, depth: number, fallback: Span): YamlNode => {
    if (node === null || node === undefined || failure.reported) return emptyNode(fallback)
    const span = spanOf(node, fallback)
    nodes += 1
    if (depth > MAX_DEPTH || nodes > MAX_NODES || aliases > MAX_ALIASES) {
      fail(span, 'too-deep', 'Aliases make this file larger than rules may be.', 'Write it out.')
      return emptyNode(span)
    }
    if (isAlias(node)) {
      aliases += 1
      const target = anchors.get(node.source)
      if (target === undefined) {
        fail(
          span,
          'yaml-syntax',
          `No anchor &${node.source} stands before this alias.`,
          'A text that begins with * must be quoted.',
        )
      } else if (open.has(target)) {
        fail(span, 'yaml-syntax', `The alias *${node.source} contains itself.`)
      } else return convert(target, depth + 1, span)
      return emptyNode(span)
    }
    if ('anchor' in node && typeof node.anchor === 'string') anchors.set(node.anchor, node)
    if (isScalar(node)) return toScalar(node, span)
    open.add(node)
    const inside = isSeq(node)
      ? convertList(node, depth, span)
      : isMap(node)
        ? convertMap(node, depth, span)
        : emptyNode(span)
    open.delete(node)
    return inside
  }

  const convertList = (node: YAMLSeq, depth: number, span: Span): YamlNode => {
    const items = node.items.map((item) => convert(item as Node | null, depth + 1, endOf(span)))
    return { kind: 'list', items, start: span.start, end: span.end }
  }

  const convertMap = (node: YAMLMap, depth: number, span: Span): YamlNode => {
    const entries = new Map<string, YamlEntry>()
    for (const pair of node.items) {
      const keyNode = pair.key as Node | null
      const key = convert(keyNode, depth + 1, span)
      if (failure.reported) break
      if (key.kind !== 'scalar' || key.value === null) {
        fail(key, 'yaml-syntax', 'Expected a name before the colon.')
        break
      }
      const name = String(key.value)
      const before = entries.get(name)
      if (before !== undefined) {
        const { line } = source.lines.linePos(before.key.start)
        report.error(
          source,
          key,
          'duplicate-key',
          `${JSON.stringify(name)} stands twice here.`,
          `It stands first in line ${line}.`,
        )
        continue
      }
      const value = convert(pair.value as Node | null, depth + 1, endOf(key))
      entries.set(name, { key: { ...key, value: name, name }, value })
    }
    return { kind: 'map', entries, start: span.start, end: span.end }
  }

  const node = convert(root, 0, { start: 0, end: 0 })
  return failure.reported ? undefined : node
}

function toScalar(node: Scalar, span: Span): YamlScalar {
  const { value } = node
  const known = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  const style =
    node.type === 'QUOTE_SINGLE'
      ? 'single'
      : node.type === 'QUOTE_DOUBLE'
        ? 'double'
        : node.type === 'PLAIN'
          ? 'plain'
          : 'block'
  return { kind: 'scalar', value: known ? value : null, style, start: span.start, end: span.end }
}

function emptyNode(span: Span): YamlScalar {
  return { kind: 'scalar', value: null, style: 'plain', ...span }
}

function endOf(span: Span): Span {
  return { start: span.end, end: span.end }
}

function spanOf(node: Node, fallback: Span): Span {
  return node.range ? { start: node.range[0], end: node.range[1] } : fallback
}
