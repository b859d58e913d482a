CREATE TABLE users (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  last_seen_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE agents (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  name text NOT NULL
);
CREATE TABLE calls (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  agent_id uuid NOT NULL REFERENCES agents ON DELETE CASCADE,
  status text NOT NULL,
  duration int NOT NULL DEFAULT 0,
  started_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON agents (user_id);
CREATE INDEX ON calls (user_id);
CREATE INDEX ON calls (agent_id);
