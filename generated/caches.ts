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
          "body": "5da3ac94aaa1ec27604957a091a5aa75"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__agents_update",
          "body": "e6fae09ef09f0b418695dc646dcf0f28"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__agents_delete",
          "body": "16987c0f3cc6cb72e9452aed9275763f"
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
          "body": "4122aa8fe85c2a295566b214bf57dfd1"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__calls_update",
          "body": "e500f1822a4bca1944d591b97f7f84e0"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__calls_delete",
          "body": "351b1f82fce0a53ba13a658141490355"
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
          "body": "ef1fd88cc1464d444df2f0f963f98154"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__leads_update",
          "body": "ce3800fd5590cdb5fab54300bf6a4c47"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__leads_delete",
          "body": "7fc4ca670d3b4acd3ad5df527a5c94b4"
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
          "body": "c4f002689c788b6a32760f747dba2ebf"
        },
        {
          "name": "stalemate_callcentre_update",
          "operation": "update",
          "function": "callcentre__users_update",
          "body": "5390092feffbbc6ba3d52fb3500c0aa2"
        },
        {
          "name": "stalemate_callcentre_delete",
          "operation": "delete",
          "function": "callcentre__users_delete",
          "body": "fd92338dd54476e397b2125237675731"
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
