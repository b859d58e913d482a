import { Ajv2020 } from 'ajv/dist/2020.js'
import test from 'ava'
import {
  DDL_NAMES,
  FEED_NAMES,
  MEANWHILE_NAMES,
  OPERATIONS,
  PRIORITY_NAMES,
} from '../../src/rules/defaults.ts'
import { rulesSchema } from '../../src/rules/schema.ts'

type Schema = { readonly [key: string]: unknown; readonly examples?: readonly unknown[] }

/** Every schema that stands for a value of a rule file, by its place. */
function collect(schema: Schema, place: string): readonly (readonly [string, Schema])[] {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>)
  const each = [schema['additionalProperties'], schema['items']].filter(
    (inner) => typeof inner === 'object' && inner !== null,
  ) as Schema[]
  return [
    [place, schema],
    ...properties.flatMap(([name, inner]) => collect(inner, `${place}.${name}`)),
    ...each.flatMap((inner) => collect(inner, `${place}.*`)),
  ]
}

const PLACES = collect(rulesSchema, 'rules')

test('every key has a title, a description that is a sentence, and examples', (t) => {
  t.true(PLACES.length > 40)
  for (const [place, { title, description, examples }] of PLACES) {
    t.true(typeof title === 'string' && title.length > 0, `${place} has no title`)
    t.regex(String(description), /^[A-Z].*\.$/s, `${place} has no description`)
    t.true((examples?.length ?? 0) > 0, `${place} has no examples`)
  }
})

test('every example, and every default, is what the schema of its key allows', (t) => {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, logger: false })
  for (const [place, schema] of PLACES) {
    const validate = ajv.compile(schema)
    const defaults = schema['default'] === undefined ? [] : [schema['default']]
    for (const value of [...(schema.examples ?? []), ...defaults])
      t.true(validate(value), `${place}: ${JSON.stringify(value)} ${JSON.stringify(validate.errors)}`)
  }
})

test('an editor is told which keys and values there are', (t) => {
  for (const [place, schema] of PLACES) {
    if (schema['properties'] === undefined) continue
    t.is(schema['additionalProperties'], false, `${place} lets unknown keys pass`)
  }
})

test('an editor completes each closed vocabulary, with all that the compiler knows', (t) => {
  const vocabularies = {
    'rules.feed': FEED_NAMES,
    'rules.ddl': DDL_NAMES,
    'rules.defaults.priority': PRIORITY_NAMES,
    'rules.caches.*.priority': PRIORITY_NAMES,
    'rules.tables.*.*.priority': PRIORITY_NAMES,
    'rules.tables.*.*.meanwhile': MEANWHILE_NAMES,
    'rules.tables.*.*.on.*': OPERATIONS,
    'rules.warming.*.priority': PRIORITY_NAMES,
    'rules.warming.*.on.*': ['startup', 'demand'],
  }
  const places = new Map(PLACES)
  for (const [place, names] of Object.entries(vocabularies))
    t.deepEqual(places.get(place)?.['enum'], names, place)
})
