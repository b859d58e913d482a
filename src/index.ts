export { createStalemate } from './create-stalemate.ts'
export type {
  App,
  BatchLoader,
  CacheHandle,
  CacheTypes,
  CreateOptions,
  Load,
  LoadContext,
  Loader,
  Loaders,
  ReplicaLoader,
  Warm,
} from './app.ts'
export type { Inspection } from './cache/inspection.ts'
export { StalemateError, type ErrorCode } from './errors.ts'
export type { ClearRequest, ClearTicket } from './clear/clears.ts'
export type { ClearScope } from './clear/epochs.ts'
export type { InvalidateOptions, Invalidated, InvalidationOutcome } from './invalidate/invalidator.ts'
export type { InvalidationRequest } from './invalidate/request.ts'
export type { Tier, TierAnswer, TierEntry, TierInvalidation } from './invalidate/tier.ts'
export type { Manifest } from './manifest/manifest.ts'
export type { Events, Health, Listener, State, Stats } from './observe/events.ts'
export type { Logger } from './observe/log-events.ts'
export type { Sample, SamplerOptions, Truth } from './sample/sampler.ts'
export type { Evidence } from './sample/evidence.ts'
export {
  REFRESH_DEFAULTS,
  RUNTIME_DEFAULTS,
  type Clock,
  type RefreshOptions,
  type RuntimeOptions,
} from './options.ts'
export type { SetReport, WarmCounts, WarmEnd, WarmProgress, WarmReport } from './warm/report.ts'
export type { Schedule } from './warm/schedule.ts'
export type { WarmOptions } from './warm/warmer.ts'
export type { Operation, OperationCause, OperationState } from './refresh/operation.ts'
export type { WaitOptions } from './wait-within.ts'
export type { Catalog } from './catalog/catalog.ts'
export { compileRules, type Compiled, type CompileOptions } from './compile.ts'
export { changedKeys, type ChangedKeys, type RowChange } from './plan/changed-keys.ts'
export type { ChangedLink } from './plan/changed-links.ts'
export type { Plan } from './plan/plan.ts'
export type { Diagnostic } from './rules/diagnostic.ts'
