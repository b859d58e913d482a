import { StalemateError } from '../errors.ts'
import { estimateSize } from './estimate-size.ts'
import type { CacheSettings, ValueMode } from './settings.ts'

/** Freezes plain objects and arrays to their depth. Maps, dates and class instances with inner state stay as they are inside. */
function freezeDeep<V>(value: V): V {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) {
    return value
  }
  Object.freeze(value)
  for (const key of Reflect.ownKeys(value)) {
    const property = Object.getOwnPropertyDescriptor(value, key)
    if (property !== undefined && 'value' in property) freezeDeep(property.value as unknown)
  }
  return value
}

/** What is held of a loaded value. */
export function keepValue<V>(mode: ValueMode | undefined, value: V): V {
  return mode === 'frozen' ? freezeDeep(value) : mode === 'cloned' ? structuredClone(value) : value
}

/** Whether each value is measured when it is stored. */
export function measuresValues<V>({
  size,
  maxSize,
  ceiling,
}: Pick<CacheSettings<V>, 'size' | 'maxSize' | 'ceiling'>): boolean {
  return size !== undefined || maxSize !== undefined || ceiling !== undefined
}

/** @throws StalemateError `load-invalid`: the size function returned no size */
export function measureValue<V>(
  settings: Pick<CacheSettings<V>, 'size' | 'maxSize' | 'ceiling' | 'name'>,
  value: V,
): number {
  const { size, name } = settings
  if (size === undefined) return measuresValues(settings) ? estimateSize(value) : 0
  const measured = size(value)
  if (measured >= 0 && measured < Infinity) return measured
  const message = `Expected the size of a value of ${name} to be a number from 0, got ${String(measured)}.`
  throw new StalemateError('load-invalid', message)
}
