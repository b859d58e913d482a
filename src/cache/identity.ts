import { StalemateError } from '../errors.ts'
import { canonicalParam, type ParamType, type ParamValue } from '../key/param.ts'

/** What an entry is held by: the canonical param itself where a cache has one, else all of them joined. */
export type EntryId = ParamValue

export type Params = Readonly<Record<string, unknown>>
export type CanonicalParams = Readonly<Record<string, ParamValue>>
export type ParamDeclaration = { readonly name: string; readonly type: ParamType }

/** Joins canonical values; injective, since no value contains NUL and each position has one type. */
export function joinValues(values: readonly ParamValue[]): string {
  return values.length === 1 ? String(values[0]) : values.join('\0')
}

/** The id of canonical values that are given in the order of the declaration. */
export function entryId(values: readonly ParamValue[]): EntryId {
  const [only] = values
  return values.length === 1 && only !== undefined ? only : values.join('\0')
}

/**
 * The values of params as the cache holds them, in the order of the declaration.
 *
 * @throws StalemateError `param-invalid`: one is missing, unknown, or not of its type
 */
export function canonicalValues(declared: readonly ParamDeclaration[], params: Params): ParamValue[] {
  if (typeof params !== 'object' || params === null) {
    throw new StalemateError('param-invalid', `Expected an object of params, got ${String(params)}.`)
  }
  const values = declared.map(({ name, type }) => canonicalParam(type, params[name], name))
  for (const name of Object.keys(params)) {
    if (!declared.some((param) => param.name === name)) {
      const names = declared.map((param) => param.name).join(', ')
      throw new StalemateError(
        'param-invalid',
        `There is no param ${JSON.stringify(name)}; there is: ${names}.`,
      )
    }
  }
  return values
}

/** Values in the order of the declaration, by the names of the params. */
export function nameValues(
  declared: readonly ParamDeclaration[],
  values: readonly ParamValue[],
): CanonicalParams {
  const params: Record<string, ParamValue> = {}
  for (let place = 0; place < declared.length; place += 1) {
    params[(declared[place] as ParamDeclaration).name] = values[place] as ParamValue
  }
  return params
}
