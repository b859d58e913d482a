// Made by `stalemate compile` (stalemate 0.1.0) of agents.yaml, callcentre.yaml, calls.yaml, leads.yaml, users.yaml.
// Do not edit: change the rules and compile again.

import type { Manifest } from 'stalemate'

/** What the runtime needs to know: pass it to `createStalemate`. */
export const manifest: Manifest = {
  "version": 1,
  "ruleset": "callcentre",
  "feed": "outbox",
  "channel": "stalemate_callcentre",
  "hash": "7eee1cd5d6e06a8f918f4699fe6aff96aaf19712b4e6e20f63ab01960a6bb902",
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
      "query": {
        "text": "SELECT a.name,\n    (count(c.id))::integer AS completed,\n    (COALESCE(sum(c.duration), (0)::bigint))::integer AS seconds\n   FROM (public.agents a\n     LEFT JOIN public.calls c ON (((c.agent_id = a.id) AND (c.status = 'completed'::text))))\n  WHERE (a.id = ($1::uuid))\n  GROUP BY a.id",
        "many": "SELECT stalemate_params.stalemate_place::int, found.*\nFROM unnest($1::uuid[]) WITH ORDINALITY AS stalemate_params (agent_id, stalemate_place)\nCROSS JOIN LATERAL (\nSELECT a.name,\n    (count(c.id))::integer AS completed,\n    (COALESCE(sum(c.duration), (0)::bigint))::integer AS seconds\n   FROM (public.agents a\n     LEFT JOIN public.calls c ON (((c.agent_id = a.id) AND (c.status = 'completed'::text))))\n  WHERE (a.id = stalemate_params.agent_id)\n  GROUP BY a.id\n) AS found",
        "one": true
      },
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
      "query": {
        "text": "SELECT u.name,\n    c.calls,\n    c.minutes,\n    c.waiting,\n    l.open_value\n   FROM ((public.users u\n     CROSS JOIN LATERAL ( SELECT (count(*))::integer AS calls,\n            ((COALESCE(sum(calls.duration), (0)::bigint) / 60))::integer AS minutes,\n            (count(*) FILTER (WHERE (calls.status = 'waiting'::text)))::integer AS waiting\n           FROM public.calls\n          WHERE (calls.user_id = u.id)) c)\n     CROSS JOIN LATERAL ( SELECT (COALESCE(sum(leads.value), (0)::bigint))::integer AS open_value\n           FROM (public.leads\n             JOIN public.agents ON ((agents.id = leads.agent_id)))\n          WHERE ((agents.user_id = u.id) AND (leads.stage <> ALL (ARRAY['won'::text, 'lost'::text])))) l)\n  WHERE (u.id = ($1::uuid))",
        "many": "SELECT stalemate_params.stalemate_place::int, found.*\nFROM unnest($1::uuid[]) WITH ORDINALITY AS stalemate_params (user_id, stalemate_place)\nCROSS JOIN LATERAL (\nSELECT u.name,\n    c.calls,\n    c.minutes,\n    c.waiting,\n    l.open_value\n   FROM ((public.users u\n     CROSS JOIN LATERAL ( SELECT (count(*))::integer AS calls,\n            ((COALESCE(sum(calls.duration), (0)::bigint) / 60))::integer AS minutes,\n            (count(*) FILTER (WHERE (calls.status = 'waiting'::text)))::integer AS waiting\n           FROM public.calls\n          WHERE (calls.user_id = u.id)) c)\n     CROSS JOIN LATERAL ( SELECT (COALESCE(sum(leads.value), (0)::bigint))::integer AS open_value\n           FROM (public.leads\n             JOIN public.agents ON ((agents.id = leads.agent_id)))\n          WHERE ((agents.user_id = u.id) AND (leads.stage <> ALL (ARRAY['won'::text, 'lost'::text])))) l)\n  WHERE (u.id = stalemate_params.user_id)\n) AS found",
        "one": true
      },
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
          "body": "3a4a6301c9c9990b0e209e519ef2f408"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__agents_update",
          "body": "2308a9a5632edda717f201f679c7c9ea"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__agents_delete",
          "body": "83a5efff89c893a28a3129fcd1a71d15"
        },
        {
          "name": "stalemate_callcentre_truncate",
          "operation": "truncate",
          "function": "callcentre__agents_truncate",
          "body": "22bfbfa18d47862a12c98ffb8d4a2501"
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
          "body": "289a7873d11b0d89da859c1bf02ec000"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__calls_update",
          "body": "562fd4146a62ddb2ca7bbdbb1fd35ea6"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__calls_delete",
          "body": "a2872047a8d9685ed237337b7b54223c"
        },
        {
          "name": "stalemate_callcentre_truncate",
          "operation": "truncate",
          "function": "callcentre__calls_truncate",
          "body": "a7b0f0a7ac0818f0648ca55ffd1cd49f"
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
          "body": "298c420a3e925d6a6aca3a9abdad616a"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__leads_update",
          "body": "3b0ebfe685b28e034f4d0df933e5a954"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__leads_delete",
          "body": "dc556fec52aff6cdd6f8459d45ec7729"
        },
        {
          "name": "stalemate_callcentre_truncate",
          "operation": "truncate",
          "function": "callcentre__leads_truncate",
          "body": "771bf2802e97db78b19c25f65b56d548"
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
          "body": "751a5961e13ead0fe2f438086108d9a6"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__users_update",
          "body": "91b370ae0062fdb37dff4741c48ad627"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__users_delete",
          "body": "68d8d82ab8deb3e8cbc2c0dd407e74fd"
        },
        {
          "name": "stalemate_callcentre_truncate",
          "operation": "truncate",
          "function": "callcentre__users_truncate",
          "body": "ae41721ea31ff8d61a8d0c42fc4fc5ff"
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
  agent_performance: { params: { agent_id: string }; value: { name: string; completed: number; seconds: number } | null; query: true }
  /** `dashboard:{user_id}` */
  dashboard: { params: { user_id: string }; value: { name: string; calls: number | null; minutes: number | null; waiting: number | null; open_value: number | null } | null; query: true }
  /** `overview` */
  overview: { params: {  }; value: unknown }
  /** `report:{user_id}:{month}` */
  report: { params: { user_id: string; month: string }; value: unknown }
  /** `user:{user_id}:profile` */
  user_profile: { params: { user_id: string }; value: unknown }
}
