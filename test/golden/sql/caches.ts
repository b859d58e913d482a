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
          "body": "0d988a9168f430575d29ec1b7270dde7"
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
          "body": "c08819610ad85c93acd336f24b94c4b6"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__calls_update",
          "body": "dd138d5e44962ec62c9760b025990890"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__calls_delete",
          "body": "c52b01f149f76dffc0d08911c5799970"
        },
        {
          "name": "stalemate_callcentre_truncate",
          "operation": "truncate",
          "function": "callcentre__calls_truncate",
          "body": "317504fab4318f238ce5377fcd3e2c53"
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
