import { findEnum } from '../catalog/find.ts'
import { showName } from '../catalog/show.ts'
import { isEnumType } from '../key/param.ts'
import { parseTableName } from '../rules/identifier.ts'
import { suggest } from '../rules/suggest.ts'
import { entryOf, valueOf } from '../rules/yaml-node.ts'
import type { CatalogEnum } from '../catalog/catalog.ts'
import type { ParamType } from '../key/param.ts'
import type { Draft } from '../rules/merge-files.ts'
import type { CacheRule } from '../rules/ruleset.ts'
import type { CheckContext } from './check-context.ts'

/** Checks that the enums which params are of are there. */
export function checkParamTypes(
  draft: Draft,
  caches: ReadonlyMap<string, CacheRule>,
  context: CheckContext,
): void {
  for (const [name, { params }] of caches) {
    const placed = draft.caches.get(name)
    if (placed === undefined) continue
    const { source, node } = placed
    for (const param of params) {
      if (!isEnumType(param.type) || readEnum(param.type, context) !== undefined) continue
      const type = param.type.slice('enum:'.length)
      const near = suggest(type, context.catalog.enums.map(showName))
      context.report.error(
        source,
        entryOf(valueOf(node.value, 'params'), param.name)?.value ?? node.key,
        'unknown-type',
        `The catalog has no enum ${type}.`,
        near === undefined
          ? 'The types are uuid, int, bigint, text, boolean, date, and the names of enums.'
          : `Did you mean ${near}?`,
      )
    }
  }
}

/** The enum that a param's type names; `undefined` where the type names none, or one that is not there. */
export function readEnum(type: ParamType, { catalog }: CheckContext): CatalogEnum | undefined {
  if (!isEnumType(type)) return undefined
  const parsed = parseTableName(type.slice('enum:'.length))
  return parsed.ok ? findEnum(catalog, parsed.name) : undefined
}
