// Made by `stalemate compile` (stalemate 0.1.0) of agents.yaml, callcentre.yaml, calls.yaml, leads.yaml, users.yaml.
// Do not edit: change the rules and compile again.

import type { Manifest } from 'stalemate'

/** What the runtime needs to know: pass it to `createStalemate`. */
export const manifest: Manifest = {
  "version": 1,
  "ruleset": "callcentre",
  "feed": "notify",
  "channel": "stalemate_callcentre",
  "hash": "b582a07f90da1324716ca8c339f92f8bdf79c144a801b3e54d6a4093182b61d3",
  "caches": {
    "agent_leads": {
      "key": "agent:{agent_id}:leads",
      "params": [
        {
          "name": "agent_id",
          "type": "uuid"
        }
      ],
      "ttl": 300000,
      "jitter": 0.1,
      "max": 10000,
      "priority": "high",
      "partial": [],
      "tables": [
        "agents",
        "leads"
      ]
    },
    "agent_performance": {
      "key": "agent:{agent_id}:performance",
      "params": [
        {
          "name": "agent_id",
          "type": "uuid"
        }
      ],
      "ttl": 300000,
      "jitter": 0.1,
      "max": 10000,
      "priority": "high",
      "partial": [],
      "tables": [
        "agents",
        "calls"
      ]
    },
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
      "priority": "critical",
      "partial": [],
      "tables": [
        "agents",
        "calls",
        "leads",
        "users"
      ]
    },
    "overview": {
      "key": "overview",
      "params": [],
      "ttl": 60000,
      "jitter": 0.1,
      "max": 10000,
      "priority": "critical",
      "partial": [],
      "tables": [
        "agents",
        "calls",
        "leads",
        "users"
      ]
    },
    "report": {
      "key": "report:{user_id}:{month}",
      "params": [
        {
          "name": "user_id",
          "type": "uuid"
        },
        {
          "name": "month",
          "type": "text"
        }
      ],
      "ttl": 3600000,
      "jitter": 0.1,
      "max": 2000,
      "priority": "low",
      "partial": [
        [
          "user_id"
        ]
      ],
      "tables": [
        "calls",
        "users"
      ]
    },
    "user_profile": {
      "key": "user:{user_id}:profile",
      "params": [
        {
          "name": "user_id",
          "type": "uuid"
        }
      ],
      "ttl": 900000,
      "jitter": 0.1,
      "max": 10000,
      "priority": "normal",
      "partial": [],
      "tables": [
        "agents",
        "users"
      ]
    }
  },
  "tables": [
    {
      "table": "agents",
      "schema": "public",
      "name": "agents",
      "triggers": [
        {
          "name": "stalemate_callcentre_insert",
          "operation": "insert",
          "function": "callcentre_agents_insert",
          "body": "bc9e42cca4b8d6b8f9ced1fed59154b9"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre_agents_update",
          "body": "aa473cd258209fbb938e5ebf15dc6b75"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre_agents_delete",
          "body": "aa1fd731a47927c3d0a66f9b1a7c7149"
        },
        {
          "name": "stalemate_callcentre_truncate",
          "operation": "truncate",
          "function": "callcentre_agents_truncate",
          "body": "1589b73808df1ebcf43571f5eaed72cc"
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
          "function": "callcentre_calls_insert",
          "body": "9bdf296f4ade977e6de4d0f95c00c90a"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre_calls_update",
          "body": "5a91758afd4b55b370d275634b12583e"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre_calls_delete",
          "body": "2febee641fc3a8746884384a714c1210"
        },
        {
          "name": "stalemate_callcentre_truncate",
          "operation": "truncate",
          "function": "callcentre_calls_truncate",
          "body": "e456eae7c75d81b1a37812098596a298"
        }
      ]
    },
    {
      "table": "leads",
      "schema": "public",
      "name": "leads",
      "triggers": [
        {
          "name": "stalemate_callcentre_insert",
          "operation": "insert",
          "function": "callcentre_leads_insert",
          "body": "f3be1db3086cd2742e2450695df7e373"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre_leads_update",
          "body": "c6a5d91e5a91f3219689ab8f2145adab"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre_leads_delete",
          "body": "58b61a7bccf73be8c8e4fe6c48cff837"
        },
        {
          "name": "stalemate_callcentre_truncate",
          "operation": "truncate",
          "function": "callcentre_leads_truncate",
          "body": "487b5d747e179f2f4cd71acaafa74df1"
        }
      ]
    },
    {
      "table": "users",
      "schema": "public",
      "name": "users",
      "triggers": [
        {
          "name": "stalemate_callcentre_insert",
          "operation": "insert",
          "function": "callcentre_users_insert",
          "body": "85f46ec1a44e1ba93d30a77d7dc1ea59"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre_users_update",
          "body": "a7517fd73c601f2c87565d7703a6c1f7"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre_users_delete",
          "body": "c7716877e2c74765f9bba23935eac170"
        },
        {
          "name": "stalemate_callcentre_truncate",
          "operation": "truncate",
          "function": "callcentre_users_truncate",
          "body": "e11be91a3d78d9170b644eddbcbc255a"
        }
      ]
    }
  ],
  "paths": {
    "0c49c810925d": {
      "cache": "dashboard",
      "columns": 1,
      "joins": 1,
      "params": [
        {
          "kind": "found",
          "name": "user_id",
          "index": 0
        }
      ],
      "sql": "SELECT DISTINCT agents.user_id::text\nFROM public.agents AS agents\nWHERE agents.id = ANY ($1)\n  AND agents.user_id IS NOT NULL"
    }
  }
}

/** The caches and their params: `createStalemate<Caches>({ manifest, ... })`. */
export type Caches = {
  /** `agent:{agent_id}:leads` */
  agent_leads: { params: { agent_id: string }; value: unknown }
  /** `agent:{agent_id}:performance` */
  agent_performance: { params: { agent_id: string }; value: unknown }
  /** `dashboard:{user_id}` */
  dashboard: { params: { user_id: string }; value: unknown }
  /** `overview` */
  overview: { params: {  }; value: unknown }
  /** `report:{user_id}:{month}` */
  report: { params: { user_id: string; month: string }; value: unknown }
  /** `user:{user_id}:profile` */
  user_profile: { params: { user_id: string }; value: unknown }
}
