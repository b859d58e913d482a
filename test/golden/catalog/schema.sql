CREATE EXTENSION citext;
CREATE EXTENSION file_fdw;
CREATE SCHEMA sales;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE sales.stage AS ENUM ('new', 'won');
CREATE COLLATION ignoring_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE COLLATION ignoring_accents (provider = icu, locale = 'und-u-kc-ks-level1', deterministic = false);

CREATE TABLE users (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  email citext NOT NULL,
  nick text COLLATE ignoring_case,
  city text COLLATE ignoring_accents,
  mood mood NOT NULL,
  plan char(8),
  shown text GENERATED ALWAYS AS (upper(name)) VIRTUAL
);
CREATE TABLE agents (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users,
  number int NOT NULL,
  team text
);
CREATE TABLE leads (
  id uuid PRIMARY KEY,
  agent_id uuid NOT NULL REFERENCES agents,
  agent_number bigint,
  stage sales.stage NOT NULL,
  value numeric NOT NULL,
  "Due On" date
);
CREATE TABLE calls (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users,
  lead_id uuid REFERENCES leads,
  status text NOT NULL,
  duration int NOT NULL,
  started_at timestamptz NOT NULL
);
CREATE TABLE sales.orders (id bigint PRIMARY KEY, user_id uuid NOT NULL, amount int NOT NULL);

CREATE TABLE events (id bigint, user_id uuid, year int) PARTITION BY RANGE (year);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM (2025) TO (2026);
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE imports (user_id uuid) SERVER files OPTIONS (filename '/dev/null');
CREATE TABLE spread (user_id uuid, year int) PARTITION BY LIST (year);
CREATE FOREIGN TABLE spread_remote PARTITION OF spread FOR VALUES IN (1)
  SERVER files OPTIONS (filename '/dev/null');
CREATE VIEW busy_users AS SELECT id AS user_id FROM users;
CREATE MATERIALIZED VIEW user_totals AS SELECT id AS user_id FROM users;
CREATE UNLOGGED TABLE sessions (user_id uuid);
CREATE TABLE animals (user_id uuid);
CREATE TABLE cats (claws int) INHERITS (animals);
CREATE FUNCTION is_vip(name text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT name = 'ada' $$;
