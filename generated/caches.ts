// Made by `stalemate compile` (stalemate 0.1.0) of agents.yaml, callcentre.yaml, calls.yaml, leads.yaml, users.yaml.
// Do not edit: change the rules and compile again.

import type { Manifest } from 'stalemate'

/** What the runtime needs to know: pass it to `createStalemate`. */
export const manifest: Manifest = {
  "version": 1,
  "ruleset": "callcentre",
  "feed": "outbox",
  "channel": "stalemate_callcentre",
  "hash": "20339e9bf244917a493110a1aaecc9561beb747e433d5b1ad1e83bd17e979883",
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
          "body": "82b691d65af1946117f7aec4c9bd1fb5"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__agents_update",
          "body": "d762c4ce840d8922addc826a351c8e11"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__agents_delete",
          "body": "67d7b2ff4f2a7f9a05558263bacf54ce"
        },
        {
          "name": "stalemate_callcentre_truncate",
          "operation": "truncate",
          "function": "callcentre__agents_truncate",
          "body": "a2493bf6c43a4e581c8b542257c0179a"
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
          "body": "6f5004b9988e4558276c143097963be7"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__calls_update",
          "body": "3aa43fa13721da7223ba5d358432bc79"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__calls_delete",
          "body": "c5fb08c706844ba60361d040af79e585"
        },
        {
          "name": "stalemate_callcentre_truncate",
          "operation": "truncate",
          "function": "callcentre__calls_truncate",
          "body": "d8b6e7b34b65a411800fcbb3cbd29000"
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
          "body": "f581428f2bede6262ae0fd14b8329395"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__leads_update",
          "body": "2cd2ed7fe1f3f72c0ff0de9512d067d5"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__leads_delete",
          "body": "127b249e0ca7bef89a3a838b4a9f2866"
        },
        {
          "name": "stalemate_callcentre_truncate",
          "operation": "truncate",
          "function": "callcentre__leads_truncate",
          "body": "e6d7fc4efb1362ba0a5d085ad0459643"
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
          "body": "a085deedbea557bb1b437ed5078ad4fc"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__users_update",
          "body": "c5e3c02ce0cc79bd7600b0d906ec8065"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__users_delete",
          "body": "4f632095cbd3f113f2d49faf4de7bead"
        },
        {
          "name": "stalemate_callcentre_truncate",
          "operation": "truncate",
          "function": "callcentre__users_truncate",
          "body": "df0775166cfc0c5184a62a9fd02471ff"
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
  },
  "warming": {
    "active-dashboards": {
      "cache": "dashboard",
      "params": {
        "kind": "query",
        "sql": "SELECT id AS user_id FROM users ORDER BY last_seen_at DESC NULLS LAST"
      },
      "on": [
        "startup"
      ],
      "beforeReady": false,
      "batch": 5,
      "concurrency": 1,
      "limit": 100,
      "timeout": 60000,
      "priority": "critical",
      "schedule": "*/30 * * * *"
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
