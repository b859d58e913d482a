/** Freezes plain data through and through, and gives it back. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const key in value) if (Object.hasOwn(value, key)) deepFreeze(value[key])
  }
  return value
}
