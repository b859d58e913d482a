import type { ValidateFunction } from 'ajv'

/** Validates the shape of a rule file; `write-validator.ts` makes it when the project is built. */
declare const validate: ValidateFunction
export = validate
