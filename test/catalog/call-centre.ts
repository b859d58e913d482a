/** The tables of a call centre. */
export const CALL_CENTRE = `
CREATE TABLE users (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  plan text NOT NULL,
  last_seen_at timestamptz
);
CREATE TABLE agents (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  name text NOT NULL,
  active boolean NOT NULL
);
CREATE TABLE leads (
  id uuid PRIMARY KEY,
  agent_id uuid NOT NULL REFERENCES agents ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  name text NOT NULL,
  stage text NOT NULL,
  value int NOT NULL
);
CREATE TABLE calls (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  agent_id uuid NOT NULL REFERENCES agents ON DELETE CASCADE,
  lead_id uuid REFERENCES leads ON DELETE SET NULL,
  status text NOT NULL,
  duration int NOT NULL,
  started_at timestamptz NOT NULL
);
`
