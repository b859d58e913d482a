import test from 'ava'
import { PROMISES } from '../contract/feed.ts'
import { runContract } from '../contract/run-contract.ts'
import { VERSIONS } from '../helpers/versions.ts'

// What a walsender says, and when, differs between versions more than what a table holds.
for (const version of VERSIONS) runContract(test, PROMISES.wal, { version })
