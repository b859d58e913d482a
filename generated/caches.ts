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
          "body": "9264d896fbac8cf17872376912761090"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__agents_update",
          "body": "c1acbed4e4cca8c8b167d19e7186b8b2"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__agents_delete",
          "body": "3bc6f4b09d1ca3592650c9cfc931206c"
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
          "body": "75b2edc95ceb03e9bc437569f52e3c03"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__calls_update",
          "body": "a49cb589de98542aa42435fd1efa3462"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__calls_delete",
          "body": "39079d4369c732307c0830fb32c090af"
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
          "body": "e03d009c4ae476456a925639d64d9a89"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__leads_update",
          "body": "e1cb3bfb2f7ef69206ca43544915efb2"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__leads_delete",
          "body": "49eca8bf39bea93c5e9df0d8b8ca2798"
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
          "body": "49f89eae18aca5894113d82044f08df7"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__users_update",
          "body": "09f1e3ae609e96a067d93bde950db92b"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__users_delete",
          "body": "d0ee8a2899f5204b7b8e988e9413a259"
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
