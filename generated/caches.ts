// Made by `stalemate compile` (stalemate 0.1.0) of agents.yaml, callcentre.yaml, calls.yaml, leads.yaml, users.yaml.
// Do not edit: change the rules and compile again.

import type { Manifest } from 'stalemate'

/** What the runtime needs to know: pass it to `createStalemate`. */
export const manifest: Manifest = {
  "version": 1,
  "ruleset": "callcentre",
  "feed": "notify",
  "channel": "stalemate_callcentre",
  "hash": "e2a95005eeef1576945fa07aa49418367b7b6c3c6f5603e220dc58792c82a7f9",
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
      "refresh": 0.8,
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
      "refresh": 0.8,
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
      "refresh": 0.8,
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
      "refresh": 0.8,
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
      "refresh": 0.8,
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
      "refresh": 0.8,
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
          "function": "callcentre__agents_insert",
          "body": "7951405ed35e73614a52c1165256653a"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__agents_update",
          "body": "bea44618d773c2ce40f1547f9ff7d958"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__agents_delete",
          "body": "46456b22b17e503c00a4247229b45ea3"
        },
        {
          "name": "stalemate_callcentre_truncate",
          "operation": "truncate",
          "function": "callcentre__agents_truncate",
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
          "function": "callcentre__calls_insert",
          "body": "5795afd111da67a0637cb70b7d86616a"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__calls_update",
          "body": "b786685b18c844ac93f800cc2039f2d3"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__calls_delete",
          "body": "161628efaa3cb05e829dc2d8e9ce86f5"
        },
        {
          "name": "stalemate_callcentre_truncate",
          "operation": "truncate",
          "function": "callcentre__calls_truncate",
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
          "function": "callcentre__leads_insert",
          "body": "b77ce5895835d197f0368438680dda51"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__leads_update",
          "body": "0d40e244bd139cb545602c0fb1e1c14a"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__leads_delete",
          "body": "ef5f484131ea5ffbf0a64b718b98186b"
        },
        {
          "name": "stalemate_callcentre_truncate",
          "operation": "truncate",
          "function": "callcentre__leads_truncate",
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
          "function": "callcentre__users_insert",
          "body": "0bde9b9f7267ea1ece8362d783b53031"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__users_update",
          "body": "68c81ee0f9be8d1a50cb2f43dac2fdd5"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__users_delete",
          "body": "a5479bda8584ca4a7342a84d00be8a28"
        },
        {
          "name": "stalemate_callcentre_truncate",
          "operation": "truncate",
          "function": "callcentre__users_truncate",
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
