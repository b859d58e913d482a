import test from 'ava'
import { PROMISES } from '../contract/feed.ts'
import { runContract } from '../contract/run-contract.ts'

runContract(test, PROMISES.notify)
runContract(test, PROMISES.outbox)
