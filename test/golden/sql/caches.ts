// Made by `stalemate compile` (stalemate 0.1.0) of rules/a.yaml, rules/b.yaml.
// Do not edit: change the rules and compile again.

import type { Manifest } from 'stalemate'

/** What the runtime needs to know: pass it to `createStalemate`. */
export const manifest: Manifest = {
  "version": 1,
  "ruleset": "callcentre",
  "feed": "notify",
  "channel": "stalemate_callcentre",
  "hash": "9bc13857d9c8be389025c43c672ca9567e1d42497ba2365bb36a1a8782531ddc",
  "caches": {
    "dashboard": {
      "key": "dashboard:{user_id}",
      "params": [
        {
          "name": "user_id",
          "type": "uuid"
        }
      ],
      "ttl": 300000,
      "jitter": 0.1,
      "max": 10000,
      "priority": "normal",
      "partial": [],
      "tables": [
        "calls"
      ]
    },
    "report": {
      "key": "report:{user_id}:{day}",
      "params": [
        {
          "name": "user_id",
          "type": "uuid"
        },
        {
          "name": "day",
          "type": "date"
        }
      ],
      "ttl": 300000,
      "jitter": 0.1,
      "max": 10000,
      "priority": "normal",
      "partial": [],
      "tables": [
        "auth.users",
        "calls"
      ]
    }
  },
  "tables": [
    {
      "table": "auth.users",
      "schema": "auth",
      "name": "users",
      "triggers": [
        {
          "name": "stalemate_callcentre_truncate",
          "operation": "truncate",
          "function": "callcentre__auth_users_truncate",
          "body": "07786cb97ec6a3f28aa0830950c8f765"
        }
      ]
    },
    {
      "table": "calls",
      "schema": "public",
      "name": "calls",
      "triggers": [
        {
          "name": "stalemate_callcentre_insert",
          "operation": "insert",
          "function": "callcentre__calls_insert",
          "body": "adf972f5316ef5abdebab40c85d56d08"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__calls_update",
          "body": "4059ecf6f638d4d8336e7a438a677973"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__calls_delete",
          "body": "4dcdc9c72ea9a5f343f9a853d8059267"
        },
        {
          "name": "stalemate_callcentre_truncate",
          "operation": "truncate",
          "function": "callcentre__calls_truncate",
          "body": "091b2faea5239958b470eb941a2bcbe6"
        }
      ]
    }
  ],
  "paths": {}
}

/** The caches and their params: `createStalemate<Caches>({ manifest, ... })`. */
export type Caches = {
  /** `dashboard:{user_id}` */
  dashboard: { params: { user_id: string }; value: unknown }
  /** `report:{user_id}:{day}` */
  report: { params: { user_id: string; day: string }; value: unknown }
}
