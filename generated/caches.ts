// Made by `stalemate compile` (stalemate 0.1.0) of agents.yaml, callcentre.yaml, calls.yaml, leads.yaml, users.yaml.
// Do not edit: change the rules and compile again.

import type { Manifest } from 'stalemate'

/** What the runtime needs to know: pass it to `createStalemate`. */
export const manifest: Manifest = {
  "version": 1,
  "ruleset": "callcentre",
  "feed": "outbox",
  "channel": "stalemate_callcentre",
  "hash": "102b2884fdf23891fbe5e013247fac5dc8832cece05fb8c88edceed489c384fa",
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
      "negativeTtl": 60000,
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
      "negativeTtl": 60000,
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
      "negativeTtl": 60000,
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
      "negativeTtl": 60000,
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
      "negativeTtl": 60000,
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
      "negativeTtl": 60000,
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
          "body": "b14d3d895ab5c75695fde8d0474314e0"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__agents_update",
          "body": "d0863b9f8294735ef212ae591087ed69"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__agents_delete",
          "body": "b58728feb9b3b7703adfb5022c4fffb4"
        },
        {
          "name": "stalemate_callcentre_truncate",
          "operation": "truncate",
          "function": "callcentre__agents_truncate",
          "body": "af20a5e5568b2da1d34418217c050889"
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
          "body": "f6401911ded913fd718b63ae60efd412"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__calls_update",
          "body": "8b4ed88710df4f2f91adebe8c2fe03c8"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__calls_delete",
          "body": "ce368a484eb61f362baf7040fac36140"
        },
        {
          "name": "stalemate_callcentre_truncate",
          "operation": "truncate",
          "function": "callcentre__calls_truncate",
          "body": "6c269b186c65082411ebb31fb1764d3a"
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
          "body": "0cf6120e301d75f4e7ac36678f478d47"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__leads_update",
          "body": "1aee54d3c55d687228743768415d1251"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__leads_delete",
          "body": "3866526dcfac5229fc0d67e51efd6926"
        },
        {
          "name": "stalemate_callcentre_truncate",
          "operation": "truncate",
          "function": "callcentre__leads_truncate",
          "body": "58184515b162a08380d39f8c4eed51b4"
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
          "body": "edb6567013e4b72ce41fe2eb2e0aba57"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__users_update",
          "body": "7ddf6f537c25991348d82167208e9b11"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__users_delete",
          "body": "398835ce41e8a5b37bf78558f63e1c4e"
        },
        {
          "name": "stalemate_callcentre_truncate",
          "operation": "truncate",
          "function": "callcentre__users_truncate",
          "body": "bc6e6bd936ed901f72863af15f3e7bbd"
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
