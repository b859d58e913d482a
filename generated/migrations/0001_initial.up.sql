-- Made by `stalemate compile` (stalemate 0.1.0) of agents.yaml, callcentre.yaml, calls.yaml, leads.yaml, users.yaml.
-- Do not edit: change the rules and compile again.

CREATE SCHEMA IF NOT EXISTS stalemate;
COMMENT ON SCHEMA stalemate IS 'stalemate: triggers that say which cached values a change made wrong';

CREATE OR REPLACE FUNCTION stalemate.cover_v1(parent regclass) RETURNS SETOF regclass
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $stalemate$
DECLARE
  missing record;
BEGIN
  FOR missing IN
    WITH RECURSIVE below (relation) AS (
      SELECT inhrelid FROM pg_inherits WHERE inhparent = parent
      UNION
      SELECT i.inhrelid FROM pg_inherits AS i JOIN below AS b ON i.inhparent = b.relation
    )
    SELECT b.relation::regclass AS relation, t.tgfoid::regproc AS function, t.tgenabled = 'A' AS always,
      obj_description(t.oid, 'pg_trigger') AS comment,
      CASE WHEN t.tgtype & 4 <> 0 THEN 'INSERT' WHEN t.tgtype & 8 <> 0 THEN 'DELETE'
        WHEN t.tgtype & 16 <> 0 THEN 'UPDATE' ELSE 'TRUNCATE' END AS event,
      concat_ws(' ', 'OLD TABLE AS ' || quote_ident(t.tgoldtable), 'NEW TABLE AS ' || quote_ident(t.tgnewtable)) AS rows,
      -- A table that is below one watched table and watched itself has two triggers for an event.
      CASE WHEN EXISTS (SELECT FROM pg_trigger AS own WHERE own.tgrelid = b.relation AND own.tgname = t.tgname)
        THEN f.proname ELSE t.tgname END AS name
    FROM below AS b
    JOIN pg_class AS c ON c.oid = b.relation AND c.relkind IN ('r', 'p')
    JOIN pg_trigger AS t ON t.tgrelid = parent AND NOT t.tgisinternal
    JOIN pg_proc AS f ON f.oid = t.tgfoid AND f.pronamespace = to_regnamespace('stalemate')
    WHERE NOT EXISTS (SELECT FROM pg_trigger AS own WHERE own.tgrelid = b.relation AND own.tgfoid = t.tgfoid)
    ORDER BY b.relation, t.tgname
  LOOP
    EXECUTE format(
      'CREATE TRIGGER %I AFTER %s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION %s()',
      missing.name, missing.event, missing.relation,
      CASE WHEN missing.rows <> '' THEN 'REFERENCING ' || missing.rows END, missing.function
    );
    EXECUTE format('COMMENT ON TRIGGER %I ON %s IS %L', missing.name, missing.relation, missing.comment);
    IF missing.always THEN
      EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', missing.relation, missing.name);
    END IF;
    RETURN NEXT missing.relation;
  END LOOP;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.cover_v1(regclass) IS 'stalemate, for all rulesets: gives the triggers of a table to its partitions and the tables that inherit from it, and tells those that lacked one';
REVOKE ALL ON FUNCTION stalemate.cover_v1(regclass) FROM PUBLIC;

CREATE TABLE IF NOT EXISTS stalemate.epochs (
  ruleset text NOT NULL,
  cache text NOT NULL,
  epoch bigint NOT NULL,
  reason text NOT NULL,
  raised_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
  PRIMARY KEY (ruleset, cache)
);
COMMENT ON TABLE stalemate.epochs IS 'stalemate, for all rulesets: entries of before the last emergency clear are of an older epoch; an empty cache means all';
-- Runtimes that are no members of this role need the same grants.
DO $stalemate$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'stalemate_reader') THEN
    GRANT USAGE ON SCHEMA stalemate TO stalemate_reader;
    GRANT SELECT ON stalemate.epochs TO stalemate_reader;
  END IF;
END
$stalemate$;

CREATE TABLE IF NOT EXISTS stalemate.schedules (
  ruleset text NOT NULL,
  warming text NOT NULL,
  tick timestamptz NOT NULL,
  ended_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
  PRIMARY KEY (ruleset, warming)
);
COMMENT ON TABLE stalemate.schedules IS 'stalemate, for all rulesets: the last time of its schedule that a warming set was run for, where instances share what it loads';
-- Runtimes that are no members of this role need the same grants.
DO $stalemate$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'stalemate_reader') THEN
    GRANT USAGE ON SCHEMA stalemate TO stalemate_reader;
    GRANT SELECT, INSERT, UPDATE ON stalemate.schedules TO stalemate_reader;
  END IF;
END
$stalemate$;

CREATE TABLE IF NOT EXISTS stalemate.outbox_0 (
  xid pg_catalog.xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
  channel text NOT NULL,
  message text NOT NULL
) WITH (autovacuum_enabled = off);
CREATE INDEX IF NOT EXISTS outbox_0_xid ON stalemate.outbox_0 (xid);
COMMENT ON TABLE stalemate.outbox_0 IS 'stalemate, for all rulesets: what committed transactions made wrong, until every reader has it';

CREATE TABLE IF NOT EXISTS stalemate.outbox_1 (
  xid pg_catalog.xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
  channel text NOT NULL,
  message text NOT NULL
) WITH (autovacuum_enabled = off);
CREATE INDEX IF NOT EXISTS outbox_1_xid ON stalemate.outbox_1 (xid);
COMMENT ON TABLE stalemate.outbox_1 IS 'stalemate, for all rulesets: what committed transactions made wrong, until every reader has it';

CREATE TABLE IF NOT EXISTS stalemate.outbox_2 (
  xid pg_catalog.xid8 NOT NULL DEFAULT pg_catalog.pg_current_xact_id(),
  channel text NOT NULL,
  message text NOT NULL
) WITH (autovacuum_enabled = off);
CREATE INDEX IF NOT EXISTS outbox_2_xid ON stalemate.outbox_2 (xid);
COMMENT ON TABLE stalemate.outbox_2 IS 'stalemate, for all rulesets: what committed transactions made wrong, until every reader has it';

-- A crash empties it, as it may give out transaction ids anew: readers then know of a gap.
CREATE UNLOGGED TABLE IF NOT EXISTS stalemate.readers (
  id text PRIMARY KEY,
  channel text NOT NULL,
  slot int,
  position pg_catalog.pg_snapshot NOT NULL,
  until timestamptz NOT NULL,
  UNIQUE (channel, slot)
) WITH (fillfactor = 50);
COMMENT ON TABLE stalemate.readers IS 'stalemate, for all rulesets: who reads the outbox, what it has, and until when it is waited for';

CREATE UNLOGGED SEQUENCE IF NOT EXISTS stalemate.stalemate_callcentre AS bigint MINVALUE 0 START WITH 0;
COMMENT ON SEQUENCE stalemate.stalemate_callcentre IS 'stalemate, ruleset callcentre: which readers of the outbox sleep and want to be woken';

CREATE OR REPLACE FUNCTION stalemate.outbox_v1(bell regclass, channel text, message text) RETURNS void
LANGUAGE plpgsql
AS $stalemate$
-- Each expression costs a transaction about as much as a tenth of the insert, so there are few.
BEGIN
  IF (txid_current() >> 16) % 3 = 0 THEN
    INSERT INTO stalemate.outbox_0 (channel, message) VALUES (channel, message);
  ELSIF (txid_current() >> 16) % 3 = 1 THEN
    INSERT INTO stalemate.outbox_1 (channel, message) VALUES (channel, message);
  ELSE
    INSERT INTO stalemate.outbox_2 (channel, message) VALUES (channel, message);
  END IF;
  -- Only after the row is written, and without a snapshot: a reader that goes to sleep now either sees this
  -- transaction running and waits for it, or is seen here, also by a transaction whose snapshot is older.
  IF pg_sequence_last_value(bell) & 16777215 <> 0 THEN
    IF pg_sequence_last_value(bell) >> 24 > extract(epoch FROM clock_timestamp()) THEN
      PERFORM pg_notify(channel, '');
    END IF;
  END IF;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.outbox_v1(regclass, text, text) IS 'stalemate, for all rulesets: puts a message into the outbox, and rings where a reader sleeps';
REVOKE ALL ON FUNCTION stalemate.outbox_v1(regclass, text, text) FROM PUBLIC;

CREATE OR REPLACE FUNCTION stalemate.bell_v1(bell regclass, slot int, sleeps boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $stalemate$
DECLARE
  bells bigint;
  until bigint := extract(epoch FROM clock_timestamp())::bigint + 60;
BEGIN
  -- The state of a sequence is changed at once and for all; the lock is for readers only.
  PERFORM pg_advisory_xact_lock(bell::oid::int, 0);
  bells := coalesce(pg_sequence_last_value(bell), 0) & 16777215;
  bells := CASE WHEN sleeps THEN bells | (1::bigint << slot) ELSE bells & ~(1::bigint << slot) END;
  PERFORM setval(bell, (until << 24) | bells);
END
$stalemate$;
COMMENT ON FUNCTION stalemate.bell_v1(regclass, int, boolean) IS 'stalemate, for all rulesets: a reader of the outbox sleeps, and wants to be woken, or does not';
REVOKE ALL ON FUNCTION stalemate.bell_v1(regclass, int, boolean) FROM PUBLIC;

CREATE OR REPLACE FUNCTION stalemate.trim_v1() RETURNS int
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_seqscan = off
AS $stalemate$
DECLARE
  trimmed int := 0;
  written CONSTANT bigint := (pg_snapshot_xmax(pg_current_snapshot())::text::bigint >> 16)
    % 3;
  gone record;
  bell regclass;
BEGIN
  -- Under another isolation level the look under the lock would be as old as the transaction.
  IF current_setting('transaction_isolation') <> 'read committed'
     OR NOT pg_try_advisory_xact_lock('stalemate.readers'::regclass::oid::int, 0) THEN
    RETURN 0;
  END IF;
  -- A reader that is gone holds nothing any more: should it come back, it misses its row and knows of the gap.
  FOR gone IN DELETE FROM stalemate.readers AS r WHERE r.until < clock_timestamp() RETURNING r.channel, r.slot LOOP
    bell := to_regclass(format('%I.%I', 'stalemate', gone.channel));
    IF gone.slot IS NOT NULL AND bell IS NOT NULL THEN
      PERFORM stalemate.bell_v1(bell, gone.slot, false);
    END IF;
  END LOOP;
  -- No DELETE, which would leave the rows to vacuum; and no waiting for a lock, behind which writers would wait.
  IF written <> 0 AND EXISTS (SELECT FROM stalemate.outbox_0) AND NOT EXISTS (
    SELECT FROM stalemate.readers AS r CROSS JOIN LATERAL (
      SELECT FROM stalemate.outbox_0 AS o
      WHERE o.xid >= pg_snapshot_xmin(r.position) AND o.channel = r.channel
        AND NOT pg_visible_in_snapshot(o.xid, r.position)
      LIMIT 1
    ) AS missing
  ) THEN
    BEGIN
      LOCK TABLE stalemate.outbox_0 IN ACCESS EXCLUSIVE MODE NOWAIT;
      -- Who held the lock until now may have written more.
      IF NOT EXISTS (
        SELECT FROM stalemate.readers AS r CROSS JOIN LATERAL (
          SELECT FROM stalemate.outbox_0 AS o
          WHERE o.xid >= pg_snapshot_xmin(r.position) AND o.channel = r.channel
            AND NOT pg_visible_in_snapshot(o.xid, r.position)
          LIMIT 1
        ) AS missing
      ) THEN
        TRUNCATE stalemate.outbox_0;
        trimmed := trimmed + 1;
      END IF;
    EXCEPTION WHEN lock_not_available THEN
      NULL;
    END;
  END IF;
  IF written <> 1 AND EXISTS (SELECT FROM stalemate.outbox_1) AND NOT EXISTS (
    SELECT FROM stalemate.readers AS r CROSS JOIN LATERAL (
      SELECT FROM stalemate.outbox_1 AS o
      WHERE o.xid >= pg_snapshot_xmin(r.position) AND o.channel = r.channel
        AND NOT pg_visible_in_snapshot(o.xid, r.position)
      LIMIT 1
    ) AS missing
  ) THEN
    BEGIN
      LOCK TABLE stalemate.outbox_1 IN ACCESS EXCLUSIVE MODE NOWAIT;
      -- Who held the lock until now may have written more.
      IF NOT EXISTS (
        SELECT FROM stalemate.readers AS r CROSS JOIN LATERAL (
          SELECT FROM stalemate.outbox_1 AS o
          WHERE o.xid >= pg_snapshot_xmin(r.position) AND o.channel = r.channel
            AND NOT pg_visible_in_snapshot(o.xid, r.position)
          LIMIT 1
        ) AS missing
      ) THEN
        TRUNCATE stalemate.outbox_1;
        trimmed := trimmed + 1;
      END IF;
    EXCEPTION WHEN lock_not_available THEN
      NULL;
    END;
  END IF;
  IF written <> 2 AND EXISTS (SELECT FROM stalemate.outbox_2) AND NOT EXISTS (
    SELECT FROM stalemate.readers AS r CROSS JOIN LATERAL (
      SELECT FROM stalemate.outbox_2 AS o
      WHERE o.xid >= pg_snapshot_xmin(r.position) AND o.channel = r.channel
        AND NOT pg_visible_in_snapshot(o.xid, r.position)
      LIMIT 1
    ) AS missing
  ) THEN
    BEGIN
      LOCK TABLE stalemate.outbox_2 IN ACCESS EXCLUSIVE MODE NOWAIT;
      -- Who held the lock until now may have written more.
      IF NOT EXISTS (
        SELECT FROM stalemate.readers AS r CROSS JOIN LATERAL (
          SELECT FROM stalemate.outbox_2 AS o
          WHERE o.xid >= pg_snapshot_xmin(r.position) AND o.channel = r.channel
            AND NOT pg_visible_in_snapshot(o.xid, r.position)
          LIMIT 1
        ) AS missing
      ) THEN
        TRUNCATE stalemate.outbox_2;
        trimmed := trimmed + 1;
      END IF;
    EXCEPTION WHEN lock_not_available THEN
      NULL;
    END;
  END IF;
  RETURN trimmed;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.trim_v1() IS 'stalemate, for all rulesets: forgets readers that are gone, and empties tables of the outbox that every reader has; returns how many';
REVOKE ALL ON FUNCTION stalemate.trim_v1() FROM PUBLIC;

-- Runtimes that are no members of this role need the same grants.
DO $stalemate$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'stalemate_reader') THEN
    GRANT USAGE ON SCHEMA stalemate TO stalemate_reader;
    GRANT SELECT, INSERT, TRUNCATE ON stalemate.outbox_0, stalemate.outbox_1, stalemate.outbox_2 TO stalemate_reader;
    GRANT SELECT, INSERT, UPDATE, DELETE ON stalemate.readers TO stalemate_reader;
    GRANT SELECT, UPDATE ON SEQUENCE stalemate.stalemate_callcentre TO stalemate_reader;
    GRANT EXECUTE ON FUNCTION stalemate.outbox_v1, stalemate.bell_v1, stalemate.trim_v1 TO stalemate_reader;
  END IF;
END
$stalemate$;

CREATE FUNCTION stalemate.callcentre__agents_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $stalemate$
#variable_conflict use_column
DECLARE
  stalemate_message text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row. That there are others is an error, since to look for them costs more.
    -- A key stands between the texts that it separates: without one there is nothing to say.
    SELECT
      '{"v":1,"t":"agents","o":"insert","d":[' || nullif(concat_ws(',',
        -- agent_leads by agent_id
        -- agent_performance by agent_id
        concat_ws(
          agents.id::uuid::text,
          '["agent_leads",["agent_id"],["',
          '"]],["agent_performance",["agent_id"],["',
          '"]]'
        ),
        -- dashboard by user_id
        concat_ws(
          agents.user_id::uuid::text,
          '["dashboard",["user_id"],["',
          '"]]'
        ),
        -- user_profile by user_id
        CASE WHEN (active) THEN concat_ws(
          agents.user_id::uuid::text,
          '["user_profile",["user_id"],["',
          '"]]'
        ) END,
        -- overview, as a whole
        '["overview","unbound"]'
      ), '') || ']}'
    FROM new_rows AS agents
    INTO STRICT stalemate_message;
  EXCEPTION WHEN OTHERS THEN
    IF NOT EXISTS (SELECT FROM new_rows) THEN
      RETURN NULL;
    END IF;
    DECLARE
      stalemate_doubt boolean := SQLSTATE NOT IN ('P0002', 'P0003');
      stalemate_targets text;
      stalemate_large bigint;
      stalemate_sample bigint;
    BEGIN
      LOOP
        BEGIN
          stalemate_large := CASE WHEN EXISTS (SELECT FROM new_rows OFFSET 4506) THEN 1502 END;
          stalemate_sample := stalemate_large;
          <<samples>>
          LOOP
            SELECT
              concat_ws(',',
                -- agent_leads by agent_id
                -- agent_performance by agent_id
                (
                  WITH found AS (
                    SELECT DISTINCT agents.id AS v1
                    FROM (SELECT * FROM new_rows LIMIT (SELECT stalemate_sample)) AS agents
                    WHERE agents.id IS NOT NULL
                    LIMIT 1001
                  )
                  SELECT CASE
                    WHEN (SELECT count(*) FROM found) > 1000 THEN '["agent_leads","max-keys"],["agent_performance","max-keys"]'
                    ELSE (
                      SELECT '["agent_leads",["agent_id"],[' || string_agg(key, ',')
                        || ']],["agent_performance",["agent_id"],[' || string_agg(key, ',')
                        || ']]'
                      FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                    )
                  END
                ),
                -- dashboard by user_id
                (
                  WITH found AS (
                    SELECT DISTINCT agents.user_id AS v1
                    FROM (SELECT * FROM new_rows LIMIT (SELECT stalemate_sample)) AS agents
                    WHERE agents.user_id IS NOT NULL
                    LIMIT 1001
                  )
                  SELECT CASE
                    WHEN (SELECT count(*) FROM found) > 1000 THEN '["dashboard","max-keys"]'
                    ELSE (
                      SELECT '["dashboard",["user_id"],[' || string_agg(key, ',')
                        || ']]'
                      FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                    )
                  END
                ),
                CASE WHEN stalemate_doubt THEN '["user_profile","error"]' ELSE
                  -- user_profile by user_id
                  (
                    WITH found AS (
                      SELECT DISTINCT agents.user_id AS v1
                      FROM (SELECT * FROM new_rows LIMIT (SELECT stalemate_sample)) AS agents
                      WHERE CASE WHEN stalemate_doubt THEN true ELSE (active) END
                        AND agents.user_id IS NOT NULL
                      LIMIT 1001
                    )
                    SELECT CASE
                      WHEN (SELECT count(*) FROM found) > 1000 THEN '["user_profile","max-keys"]'
                      ELSE (
                        SELECT '["user_profile",["user_id"],[' || string_agg(key, ',')
                          || ']]'
                        FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                      )
                    END
                  )
                END,
                -- overview, as a whole
                (
                  SELECT '["overview","unbound"]'
                  WHERE EXISTS (SELECT FROM (SELECT * FROM new_rows LIMIT (SELECT stalemate_sample)) AS agents)
                )
              )
            INTO stalemate_targets;
            EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["agent_leads","max-keys"],["agent_performance","max-keys"],["dashboard","max-keys"],["user_profile","max-keys"],["overview","unbound"]';
            stalemate_sample := NULL;
          END LOOP;
          IF stalemate_targets <> '' THEN
            stalemate_message := '{"v":1,"t":"agents","o":"insert","d":[' || stalemate_targets || ']}';
            stalemate_message := CASE WHEN octet_length(stalemate_message) < 1048576 THEN stalemate_message ELSE '{"v":1,"t":"agents","o":"insert","d":[["agent_leads","too-long"],["agent_performance","too-long"],["dashboard","too-long"],["overview","too-long"],["user_profile","too-long"]]}' END;
          END IF;
          EXIT;
        EXCEPTION WHEN OTHERS THEN
          -- A condition or a column raised. What needs no condition may be told exactly.
          IF stalemate_doubt THEN
            stalemate_message := '{"v":1,"t":"agents","o":"insert","d":[["agent_leads","error"],["agent_performance","error"],["dashboard","error"],["user_profile","error"],["overview","error"]]}';
            EXIT;
          END IF;
          stalemate_doubt := true;
        END;
      END LOOP;
    END;
  END;
  IF stalemate_message IS NOT NULL THEN
    -- An assignment spares the query that PERFORM would be.
    stalemate_message := stalemate.outbox_v1(
      'stalemate.stalemate_callcentre',
      'stalemate_callcentre',
      stalemate_message
    );
  END IF;
  RETURN NULL;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.callcentre__agents_insert() IS 'stalemate, ruleset callcentre: insert of agents makes entries wrong in: agent_leads, agent_performance, dashboard, overview, user_profile';
REVOKE ALL ON FUNCTION stalemate.callcentre__agents_insert() FROM PUBLIC;
CREATE TRIGGER stalemate_callcentre_insert
  AFTER INSERT ON public.agents REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION stalemate.callcentre__agents_insert();
COMMENT ON TRIGGER stalemate_callcentre_insert ON public.agents IS 'stalemate, ruleset callcentre: insert of agents; the comment of its function says what for';

CREATE FUNCTION stalemate.callcentre__agents_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $stalemate$
#variable_conflict use_column
DECLARE
  stalemate_message text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row. That there are others is an error, since to look for them costs more.
    -- A key stands between the texts that it separates: without one there is nothing to say.
    SELECT
      '{"v":1,"t":"agents","o":"update","d":[' || nullif(concat_ws(',',
        -- agent_leads by agent_id
        -- agent_performance by agent_id
        CASE WHEN ROW(o.c2, o.c3)::record *<> ROW(n.c2, n.c3)::record THEN concat_ws(
          nullif(concat_ws('","', o.c2::uuid, nullif(n.c2::uuid, o.c2::uuid)), ''),
          '["agent_leads",["agent_id"],["',
          '"]],["agent_performance",["agent_id"],["',
          '"]]'
        ) END,
        replace(
          nullif(concat_ws(',',
            -- dashboard by user_id
            CASE WHEN ROW(o.c2, o.c4)::record *<> ROW(n.c2, n.c4)::record THEN '["dashboard",["user_id"],["?"]]' END,
            -- user_profile by user_id
            CASE WHEN ROW(o.c1, o.c4)::record *<> ROW(n.c1, n.c4)::record AND (o.when_1 OR n.when_1) THEN '["user_profile",["user_id"],["?"]]' END
          ), ''),
          '?',
          nullif(concat_ws('","', o.c4::uuid, nullif(n.c4::uuid, o.c4::uuid)), '')
        )
      ), '') || ']}'
    FROM (
      SELECT
        agents.active AS c1,
        agents.id AS c2,
        agents.name AS c3,
        agents.user_id AS c4,
        (active) AS when_1
      FROM old_rows AS agents
    ) AS o,
    (
      SELECT
        agents.active AS c1,
        agents.id AS c2,
        agents.name AS c3,
        agents.user_id AS c4,
        (active) AS when_1
      FROM new_rows AS agents
    ) AS n
    INTO STRICT stalemate_message;
  EXCEPTION WHEN OTHERS THEN
    IF NOT EXISTS (SELECT FROM old_rows) THEN
      RETURN NULL;
    END IF;
    DECLARE
      stalemate_doubt boolean := SQLSTATE NOT IN ('P0002', 'P0003');
      stalemate_targets text;
      stalemate_large bigint;
      stalemate_sample bigint;
      stalemate_reach bigint;
    BEGIN
      LOOP
        BEGIN
          stalemate_sample := CASE WHEN EXISTS (SELECT FROM old_rows OFFSET 192) THEN 64 END;
          stalemate_large := CASE WHEN stalemate_sample IS NOT NULL THEN CASE WHEN EXISTS (SELECT FROM old_rows OFFSET 4506) THEN 1502 END END;
          <<samples>>
          LOOP
            WITH
              -- The versions of a row have the same place in both tables.
              pairs AS (
                SELECT
                  o.c2 AS old_1, n.c2 AS new_1,
                  o.c4 AS old_2, n.c4 AS new_2,
                  u.unpaired,
                  ROW(o.c2, o.c3)::record *<> ROW(n.c2, n.c3)::record AS differs_1,
                  ROW(o.c2, o.c4)::record *<> ROW(n.c2, n.c4)::record AS differs_2,
                  ROW(o.c1, o.c4)::record *<> ROW(n.c1, n.c4)::record AS differs_3,
                  (o.when_1 OR n.when_1) AS held_1
                FROM (
                  SELECT
                    row_number() OVER () AS place,
                    agents.active AS c1,
                    agents.id AS c2,
                    agents.name AS c3,
                    agents.user_id AS c4,
                    CASE WHEN stalemate_doubt THEN true ELSE (active) END AS when_1
                  FROM old_rows AS agents
                  LIMIT (SELECT stalemate_sample)
                ) AS o
                FULL JOIN (
                  SELECT
                    row_number() OVER () AS place,
                    agents.active AS c1,
                    agents.id AS c2,
                    agents.name AS c3,
                    agents.user_id AS c4,
                    CASE WHEN stalemate_doubt THEN true ELSE (active) END AS when_1
                  FROM new_rows AS agents
                  LIMIT (SELECT stalemate_sample)
                ) AS n ON n.place = o.place
                -- A BEFORE trigger can swallow a row that moves to another partition: then every row counts. A sample need not
                -- know: it is taken for enough only if it has all keys that there are.
                CROSS JOIN (
                  SELECT stalemate_sample IS NULL AND (SELECT count(*) FROM old_rows) <> (SELECT count(*) FROM new_rows) AS unpaired
                ) AS u
                WHERE u.unpaired
                  OR ROW(o.c2, o.c3)::record *<> ROW(n.c2, n.c3)::record
                    OR ROW(o.c2, o.c4)::record *<> ROW(n.c2, n.c4)::record
                    OR ROW(o.c1, o.c4)::record *<> ROW(n.c1, n.c4)::record AND (o.when_1 OR n.when_1)
              ),
              keys_1 AS (
                SELECT v1, bool_or(told_1) AS told_1, bool_or(told_2) AS told_2
                FROM (
                  SELECT old_2 AS v1, unpaired OR differs_2 AS told_1, unpaired OR differs_3 AND held_1 AS told_2
                  FROM pairs
                  WHERE old_2 IS NOT NULL
                  UNION ALL
                  SELECT new_2 AS v1, unpaired OR differs_2 AS told_1, unpaired OR differs_3 AND held_1 AS told_2
                  FROM pairs
                  WHERE new_2 IS DISTINCT FROM old_2
                    AND new_2 IS NOT NULL
                ) AS versions
                GROUP BY v1
              )
            SELECT
              concat_ws(',',
                -- agent_leads by agent_id
                -- agent_performance by agent_id
                (
                  WITH found AS (
                    SELECT old_1 AS v1
                    FROM pairs
                    WHERE (unpaired OR differs_1)
                      AND old_1 IS NOT NULL
                    UNION
                    SELECT new_1 AS v1
                    FROM pairs
                    WHERE (unpaired OR differs_1)
                      AND new_1 IS DISTINCT FROM old_1
                      AND new_1 IS NOT NULL
                    LIMIT 1001
                  )
                  SELECT CASE
                    WHEN (SELECT count(*) FROM found) > 1000 THEN '["agent_leads","max-keys"],["agent_performance","max-keys"]'
                    ELSE (
                      SELECT '["agent_leads",["agent_id"],[' || string_agg(key, ',')
                        || ']],["agent_performance",["agent_id"],[' || string_agg(key, ',')
                        || ']]'
                      FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                    )
                  END
                ),
                -- dashboard by user_id
                (
                  WITH found AS (
                    SELECT v1
                    FROM keys_1
                    WHERE told_1
                    LIMIT 1001
                  )
                  SELECT CASE
                    WHEN (SELECT count(*) FROM found) > 1000 THEN '["dashboard","max-keys"]'
                    ELSE (
                      SELECT '["dashboard",["user_id"],[' || string_agg(key, ',')
                        || ']]'
                      FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                    )
                  END
                ),
                CASE WHEN stalemate_doubt THEN '["user_profile","error"]' ELSE
                  -- user_profile by user_id
                  (
                    WITH found AS (
                      SELECT v1
                      FROM keys_1
                      WHERE told_2
                      LIMIT 1001
                    )
                    SELECT CASE
                      WHEN (SELECT count(*) FROM found) > 1000 THEN '["user_profile","max-keys"]'
                      ELSE (
                        SELECT '["user_profile",["user_id"],[' || string_agg(key, ',')
                          || ']]'
                        FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                      )
                    END
                  )
                END
              )
            INTO stalemate_targets;
            EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["agent_leads","max-keys"],["agent_performance","max-keys"],["dashboard","max-keys"],["user_profile","max-keys"]';
            stalemate_reach := stalemate_sample * 3;
            WHILE stalemate_targets = (
              SELECT
                concat_ws(',',
                  -- agent_leads by agent_id
                  -- agent_performance by agent_id
                  (
                    WITH found AS (
                      (
                        SELECT agents.id AS v1
                        FROM old_rows AS agents
                        WHERE agents.id IS NOT NULL
                        LIMIT (SELECT stalemate_reach)
                      )
                      UNION
                      (
                        SELECT agents.id AS v1
                        FROM new_rows AS agents
                        WHERE agents.id IS NOT NULL
                        LIMIT (SELECT stalemate_reach)
                      )
                      LIMIT 1001
                    )
                    SELECT CASE
                      WHEN (SELECT count(*) FROM found) > 1000 THEN '["agent_leads","max-keys"],["agent_performance","max-keys"]'
                      ELSE (
                        SELECT '["agent_leads",["agent_id"],[' || string_agg(key, ',')
                          || ']],["agent_performance",["agent_id"],[' || string_agg(key, ',')
                          || ']]'
                        FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                      )
                    END
                  ),
                  -- dashboard by user_id
                  -- user_profile by user_id
                  (
                    WITH found AS (
                      (
                        SELECT agents.user_id AS v1
                        FROM old_rows AS agents
                        WHERE agents.user_id IS NOT NULL
                        LIMIT (SELECT stalemate_reach)
                      )
                      UNION
                      (
                        SELECT agents.user_id AS v1
                        FROM new_rows AS agents
                        WHERE agents.user_id IS NOT NULL
                        LIMIT (SELECT stalemate_reach)
                      )
                      LIMIT 1001
                    )
                    SELECT CASE
                      WHEN (SELECT count(*) FROM found) > 1000 THEN '["dashboard","max-keys"],["user_profile","max-keys"]'
                      ELSE (
                        SELECT '["dashboard",["user_id"],[' || string_agg(key, ',')
                          || ']],["user_profile",["user_id"],[' || string_agg(key, ',')
                          || ']]'
                        FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                      )
                    END
                  )
                )
            ) LOOP
              EXIT samples WHEN stalemate_reach IS NULL;
              stalemate_reach := NULL;
            END LOOP;
            -- Rows that say nothing are no sample of those that do.
            stalemate_sample := CASE WHEN stalemate_sample < stalemate_large AND stalemate_targets <> '' THEN stalemate_large END;
          END LOOP;
          IF stalemate_targets <> '' THEN
            stalemate_message := '{"v":1,"t":"agents","o":"update","d":[' || stalemate_targets || ']}';
            stalemate_message := CASE WHEN octet_length(stalemate_message) < 1048576 THEN stalemate_message ELSE '{"v":1,"t":"agents","o":"update","d":[["agent_leads","too-long"],["agent_performance","too-long"],["dashboard","too-long"],["user_profile","too-long"]]}' END;
          END IF;
          EXIT;
        EXCEPTION WHEN OTHERS THEN
          -- A condition or a column raised. What needs no condition may be told exactly.
          IF stalemate_doubt THEN
            stalemate_message := '{"v":1,"t":"agents","o":"update","d":[["agent_leads","error"],["agent_performance","error"],["dashboard","error"],["user_profile","error"]]}';
            EXIT;
          END IF;
          stalemate_doubt := true;
        END;
      END LOOP;
    END;
  END;
  IF stalemate_message IS NOT NULL THEN
    -- An assignment spares the query that PERFORM would be.
    stalemate_message := stalemate.outbox_v1(
      'stalemate.stalemate_callcentre',
      'stalemate_callcentre',
      stalemate_message
    );
  END IF;
  RETURN NULL;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.callcentre__agents_update() IS 'stalemate, ruleset callcentre: update of agents makes entries wrong in: agent_leads, agent_performance, dashboard, user_profile';
REVOKE ALL ON FUNCTION stalemate.callcentre__agents_update() FROM PUBLIC;
CREATE TRIGGER stalemate_callcentre_update
  AFTER UPDATE ON public.agents REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION stalemate.callcentre__agents_update();
COMMENT ON TRIGGER stalemate_callcentre_update ON public.agents IS 'stalemate, ruleset callcentre: update of agents; the comment of its function says what for';

CREATE FUNCTION stalemate.callcentre__agents_delete() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $stalemate$
#variable_conflict use_column
DECLARE
  stalemate_message text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row. That there are others is an error, since to look for them costs more.
    -- A key stands between the texts that it separates: without one there is nothing to say.
    SELECT
      '{"v":1,"t":"agents","o":"delete","d":[' || nullif(concat_ws(',',
        -- agent_leads by agent_id
        -- agent_performance by agent_id
        concat_ws(
          agents.id::uuid::text,
          '["agent_leads",["agent_id"],["',
          '"]],["agent_performance",["agent_id"],["',
          '"]]'
        ),
        -- dashboard by user_id
        concat_ws(
          agents.user_id::uuid::text,
          '["dashboard",["user_id"],["',
          '"]]'
        ),
        -- user_profile by user_id
        CASE WHEN (active) THEN concat_ws(
          agents.user_id::uuid::text,
          '["user_profile",["user_id"],["',
          '"]]'
        ) END,
        -- overview, as a whole
        '["overview","unbound"]'
      ), '') || ']}'
    FROM old_rows AS agents
    INTO STRICT stalemate_message;
  EXCEPTION WHEN OTHERS THEN
    IF NOT EXISTS (SELECT FROM old_rows) THEN
      RETURN NULL;
    END IF;
    DECLARE
      stalemate_doubt boolean := SQLSTATE NOT IN ('P0002', 'P0003');
      stalemate_targets text;
      stalemate_large bigint;
      stalemate_sample bigint;
    BEGIN
      LOOP
        BEGIN
          stalemate_large := CASE WHEN EXISTS (SELECT FROM old_rows OFFSET 4506) THEN 1502 END;
          stalemate_sample := stalemate_large;
          <<samples>>
          LOOP
            SELECT
              concat_ws(',',
                -- agent_leads by agent_id
                -- agent_performance by agent_id
                (
                  WITH found AS (
                    SELECT DISTINCT agents.id AS v1
                    FROM (SELECT * FROM old_rows LIMIT (SELECT stalemate_sample)) AS agents
                    WHERE agents.id IS NOT NULL
                    LIMIT 1001
                  )
                  SELECT CASE
                    WHEN (SELECT count(*) FROM found) > 1000 THEN '["agent_leads","max-keys"],["agent_performance","max-keys"]'
                    ELSE (
                      SELECT '["agent_leads",["agent_id"],[' || string_agg(key, ',')
                        || ']],["agent_performance",["agent_id"],[' || string_agg(key, ',')
                        || ']]'
                      FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                    )
                  END
                ),
                -- dashboard by user_id
                (
                  WITH found AS (
                    SELECT DISTINCT agents.user_id AS v1
                    FROM (SELECT * FROM old_rows LIMIT (SELECT stalemate_sample)) AS agents
                    WHERE agents.user_id IS NOT NULL
                    LIMIT 1001
                  )
                  SELECT CASE
                    WHEN (SELECT count(*) FROM found) > 1000 THEN '["dashboard","max-keys"]'
                    ELSE (
                      SELECT '["dashboard",["user_id"],[' || string_agg(key, ',')
                        || ']]'
                      FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                    )
                  END
                ),
                CASE WHEN stalemate_doubt THEN '["user_profile","error"]' ELSE
                  -- user_profile by user_id
                  (
                    WITH found AS (
                      SELECT DISTINCT agents.user_id AS v1
                      FROM (SELECT * FROM old_rows LIMIT (SELECT stalemate_sample)) AS agents
                      WHERE CASE WHEN stalemate_doubt THEN true ELSE (active) END
                        AND agents.user_id IS NOT NULL
                      LIMIT 1001
                    )
                    SELECT CASE
                      WHEN (SELECT count(*) FROM found) > 1000 THEN '["user_profile","max-keys"]'
                      ELSE (
                        SELECT '["user_profile",["user_id"],[' || string_agg(key, ',')
                          || ']]'
                        FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                      )
                    END
                  )
                END,
                -- overview, as a whole
                (
                  SELECT '["overview","unbound"]'
                  WHERE EXISTS (SELECT FROM (SELECT * FROM old_rows LIMIT (SELECT stalemate_sample)) AS agents)
                )
              )
            INTO stalemate_targets;
            EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["agent_leads","max-keys"],["agent_performance","max-keys"],["dashboard","max-keys"],["user_profile","max-keys"],["overview","unbound"]';
            stalemate_sample := NULL;
          END LOOP;
          IF stalemate_targets <> '' THEN
            stalemate_message := '{"v":1,"t":"agents","o":"delete","d":[' || stalemate_targets || ']}';
            stalemate_message := CASE WHEN octet_length(stalemate_message) < 1048576 THEN stalemate_message ELSE '{"v":1,"t":"agents","o":"delete","d":[["agent_leads","too-long"],["agent_performance","too-long"],["dashboard","too-long"],["overview","too-long"],["user_profile","too-long"]]}' END;
          END IF;
          EXIT;
        EXCEPTION WHEN OTHERS THEN
          -- A condition or a column raised. What needs no condition may be told exactly.
          IF stalemate_doubt THEN
            stalemate_message := '{"v":1,"t":"agents","o":"delete","d":[["agent_leads","error"],["agent_performance","error"],["dashboard","error"],["user_profile","error"],["overview","error"]]}';
            EXIT;
          END IF;
          stalemate_doubt := true;
        END;
      END LOOP;
    END;
  END;
  IF stalemate_message IS NOT NULL THEN
    -- An assignment spares the query that PERFORM would be.
    stalemate_message := stalemate.outbox_v1(
      'stalemate.stalemate_callcentre',
      'stalemate_callcentre',
      stalemate_message
    );
  END IF;
  RETURN NULL;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.callcentre__agents_delete() IS 'stalemate, ruleset callcentre: delete of agents makes entries wrong in: agent_leads, agent_performance, dashboard, overview, user_profile';
REVOKE ALL ON FUNCTION stalemate.callcentre__agents_delete() FROM PUBLIC;
CREATE TRIGGER stalemate_callcentre_delete
  AFTER DELETE ON public.agents REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION stalemate.callcentre__agents_delete();
COMMENT ON TRIGGER stalemate_callcentre_delete ON public.agents IS 'stalemate, ruleset callcentre: delete of agents; the comment of its function says what for';

CREATE FUNCTION stalemate.callcentre__agents_truncate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $stalemate$
BEGIN
  PERFORM stalemate.outbox_v1(
    'stalemate.stalemate_callcentre',
    'stalemate_callcentre',
    '{"v":1,"t":"agents","o":"truncate","d":[["agent_leads","truncate"],["agent_performance","truncate"],["dashboard","truncate"],["overview","truncate"],["user_profile","truncate"]]}'
  );
  RETURN NULL;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.callcentre__agents_truncate() IS 'stalemate, ruleset callcentre: truncate of agents makes entries wrong in: agent_leads, agent_performance, dashboard, overview, user_profile';
REVOKE ALL ON FUNCTION stalemate.callcentre__agents_truncate() FROM PUBLIC;
CREATE TRIGGER stalemate_callcentre_truncate
  AFTER TRUNCATE ON public.agents
  FOR EACH STATEMENT EXECUTE FUNCTION stalemate.callcentre__agents_truncate();
COMMENT ON TRIGGER stalemate_callcentre_truncate ON public.agents IS 'stalemate, ruleset callcentre: truncate of agents; the comment of its function says what for';

CREATE FUNCTION stalemate.callcentre__calls_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $stalemate$
#variable_conflict use_column
DECLARE
  stalemate_message text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row. That there are others is an error, since to look for them costs more.
    -- A key stands between the texts that it separates: without one there is nothing to say.
    SELECT
      '{"v":1,"t":"calls","o":"insert","d":[' || nullif(concat_ws(',',
        -- agent_performance by agent_id
        CASE WHEN ((status = ('completed')::text)) THEN concat_ws(
          calls.agent_id::uuid::text,
          '["agent_performance",["agent_id"],["',
          '"]]'
        ) END,
        -- dashboard by user_id
        -- report by user_id
        concat_ws(
          calls.user_id::uuid::text,
          '["dashboard",["user_id"],["',
          '"]],["report",["user_id"],["',
          '"]]'
        ),
        -- overview, as a whole
        '["overview","unbound"]'
      ), '') || ']}'
    FROM new_rows AS calls
    INTO STRICT stalemate_message;
  EXCEPTION WHEN OTHERS THEN
    IF NOT EXISTS (SELECT FROM new_rows) THEN
      RETURN NULL;
    END IF;
    DECLARE
      stalemate_doubt boolean := SQLSTATE NOT IN ('P0002', 'P0003');
      stalemate_targets text;
      stalemate_large bigint;
      stalemate_sample bigint;
    BEGIN
      LOOP
        BEGIN
          stalemate_large := CASE WHEN EXISTS (SELECT FROM new_rows OFFSET 4506) THEN 1502 END;
          stalemate_sample := stalemate_large;
          <<samples>>
          LOOP
            SELECT
              concat_ws(',',
                CASE WHEN stalemate_doubt THEN '["agent_performance","error"]' ELSE
                  -- agent_performance by agent_id
                  (
                    WITH found AS (
                      SELECT DISTINCT calls.agent_id AS v1
                      FROM (SELECT * FROM new_rows LIMIT (SELECT stalemate_sample)) AS calls
                      WHERE CASE WHEN stalemate_doubt THEN true ELSE ((status = ('completed')::text)) END
                        AND calls.agent_id IS NOT NULL
                      LIMIT 1001
                    )
                    SELECT CASE
                      WHEN (SELECT count(*) FROM found) > 1000 THEN '["agent_performance","max-keys"]'
                      ELSE (
                        SELECT '["agent_performance",["agent_id"],[' || string_agg(key, ',')
                          || ']]'
                        FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                      )
                    END
                  )
                END,
                -- dashboard by user_id
                -- report by user_id
                (
                  WITH found AS (
                    SELECT DISTINCT calls.user_id AS v1
                    FROM (SELECT * FROM new_rows LIMIT (SELECT stalemate_sample)) AS calls
                    WHERE calls.user_id IS NOT NULL
                    LIMIT 1001
                  )
                  SELECT CASE
                    WHEN (SELECT count(*) FROM found) > 1000 THEN '["dashboard","max-keys"],["report","max-keys"]'
                    ELSE (
                      SELECT '["dashboard",["user_id"],[' || string_agg(key, ',')
                        || ']],["report",["user_id"],[' || string_agg(key, ',')
                        || ']]'
                      FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                    )
                  END
                ),
                -- overview, as a whole
                (
                  SELECT '["overview","unbound"]'
                  WHERE EXISTS (SELECT FROM (SELECT * FROM new_rows LIMIT (SELECT stalemate_sample)) AS calls)
                )
              )
            INTO stalemate_targets;
            EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["agent_performance","max-keys"],["dashboard","max-keys"],["report","max-keys"],["overview","unbound"]';
            stalemate_sample := NULL;
          END LOOP;
          IF stalemate_targets <> '' THEN
            stalemate_message := '{"v":1,"t":"calls","o":"insert","d":[' || stalemate_targets || ']}';
            stalemate_message := CASE WHEN octet_length(stalemate_message) < 1048576 THEN stalemate_message ELSE '{"v":1,"t":"calls","o":"insert","d":[["agent_performance","too-long"],["dashboard","too-long"],["overview","too-long"],["report","too-long"]]}' END;
          END IF;
          EXIT;
        EXCEPTION WHEN OTHERS THEN
          -- A condition or a column raised. What needs no condition may be told exactly.
          IF stalemate_doubt THEN
            stalemate_message := '{"v":1,"t":"calls","o":"insert","d":[["agent_performance","error"],["dashboard","error"],["report","error"],["overview","error"]]}';
            EXIT;
          END IF;
          stalemate_doubt := true;
        END;
      END LOOP;
    END;
  END;
  IF stalemate_message IS NOT NULL THEN
    -- An assignment spares the query that PERFORM would be.
    stalemate_message := stalemate.outbox_v1(
      'stalemate.stalemate_callcentre',
      'stalemate_callcentre',
      stalemate_message
    );
  END IF;
  RETURN NULL;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.callcentre__calls_insert() IS 'stalemate, ruleset callcentre: insert of calls makes entries wrong in: agent_performance, dashboard, overview, report';
REVOKE ALL ON FUNCTION stalemate.callcentre__calls_insert() FROM PUBLIC;
CREATE TRIGGER stalemate_callcentre_insert
  AFTER INSERT ON public.calls REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION stalemate.callcentre__calls_insert();
COMMENT ON TRIGGER stalemate_callcentre_insert ON public.calls IS 'stalemate, ruleset callcentre: insert of calls; the comment of its function says what for';

CREATE FUNCTION stalemate.callcentre__calls_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $stalemate$
#variable_conflict use_column
DECLARE
  stalemate_message text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row. That there are others is an error, since to look for them costs more.
    -- A key stands between the texts that it separates: without one there is nothing to say.
    SELECT
      '{"v":1,"t":"calls","o":"update","d":[' || nullif(concat_ws(',',
        -- agent_performance by agent_id
        CASE WHEN ROW(o.c1, o.c2, o.c3, o.c5)::record *<> ROW(n.c1, n.c2, n.c3, n.c5)::record AND (o.when_1 OR n.when_1) THEN concat_ws(
          nullif(concat_ws('","', o.c1::uuid, nullif(n.c1::uuid, o.c1::uuid)), ''),
          '["agent_performance",["agent_id"],["',
          '"]]'
        ) END,
        replace(
          nullif(concat_ws(',',
            -- dashboard by user_id
            CASE WHEN ROW(o.c2, o.c5, o.c6)::record *<> ROW(n.c2, n.c5, n.c6)::record THEN '["dashboard",["user_id"],["?"]]' END,
            -- report by user_id
            CASE WHEN ROW(o.c2, o.c4, o.c5, o.c6)::record *<> ROW(n.c2, n.c4, n.c5, n.c6)::record THEN '["report",["user_id"],["?"]]' END
          ), ''),
          '?',
          nullif(concat_ws('","', o.c6::uuid, nullif(n.c6::uuid, o.c6::uuid)), '')
        ),
        -- overview, as a whole
        CASE WHEN ROW(o.c5)::record *<> ROW(n.c5)::record THEN '["overview","unbound"]' END
      ), '') || ']}'
    FROM (
      SELECT
        calls.agent_id AS c1,
        calls.duration AS c2,
        calls.id AS c3,
        calls.started_at AS c4,
        calls.status AS c5,
        calls.user_id AS c6,
        ((status = ('completed')::text)) AS when_1
      FROM old_rows AS calls
    ) AS o,
    (
      SELECT
        calls.agent_id AS c1,
        calls.duration AS c2,
        calls.id AS c3,
        calls.started_at AS c4,
        calls.status AS c5,
        calls.user_id AS c6,
        ((status = ('completed')::text)) AS when_1
      FROM new_rows AS calls
    ) AS n
    INTO STRICT stalemate_message;
  EXCEPTION WHEN OTHERS THEN
    IF NOT EXISTS (SELECT FROM old_rows) THEN
      RETURN NULL;
    END IF;
    DECLARE
      stalemate_doubt boolean := SQLSTATE NOT IN ('P0002', 'P0003');
      stalemate_targets text;
      stalemate_large bigint;
      stalemate_sample bigint;
      stalemate_reach bigint;
    BEGIN
      LOOP
        BEGIN
          stalemate_sample := CASE WHEN EXISTS (SELECT FROM old_rows OFFSET 192) THEN 64 END;
          stalemate_large := CASE WHEN stalemate_sample IS NOT NULL THEN CASE WHEN EXISTS (SELECT FROM old_rows OFFSET 4506) THEN 1502 END END;
          <<samples>>
          LOOP
            WITH
              -- The versions of a row have the same place in both tables.
              pairs AS (
                SELECT
                  o.c1 AS old_1, n.c1 AS new_1,
                  o.c6 AS old_2, n.c6 AS new_2,
                  u.unpaired,
                  ROW(o.c1, o.c2, o.c3, o.c5)::record *<> ROW(n.c1, n.c2, n.c3, n.c5)::record AS differs_1,
                  ROW(o.c2, o.c5, o.c6)::record *<> ROW(n.c2, n.c5, n.c6)::record AS differs_2,
                  ROW(o.c2, o.c4, o.c5, o.c6)::record *<> ROW(n.c2, n.c4, n.c5, n.c6)::record AS differs_3,
                  ROW(o.c5)::record *<> ROW(n.c5)::record AS differs_4,
                  (o.when_1 OR n.when_1) AS held_1
                FROM (
                  SELECT
                    row_number() OVER () AS place,
                    calls.agent_id AS c1,
                    calls.duration AS c2,
                    calls.id AS c3,
                    calls.started_at AS c4,
                    calls.status AS c5,
                    calls.user_id AS c6,
                    CASE WHEN stalemate_doubt THEN true ELSE ((status = ('completed')::text)) END AS when_1
                  FROM old_rows AS calls
                  LIMIT (SELECT stalemate_sample)
                ) AS o
                FULL JOIN (
                  SELECT
                    row_number() OVER () AS place,
                    calls.agent_id AS c1,
                    calls.duration AS c2,
                    calls.id AS c3,
                    calls.started_at AS c4,
                    calls.status AS c5,
                    calls.user_id AS c6,
                    CASE WHEN stalemate_doubt THEN true ELSE ((status = ('completed')::text)) END AS when_1
                  FROM new_rows AS calls
                  LIMIT (SELECT stalemate_sample)
                ) AS n ON n.place = o.place
                -- A BEFORE trigger can swallow a row that moves to another partition: then every row counts. A sample need not
                -- know: it is taken for enough only if it has all keys that there are.
                CROSS JOIN (
                  SELECT stalemate_sample IS NULL AND (SELECT count(*) FROM old_rows) <> (SELECT count(*) FROM new_rows) AS unpaired
                ) AS u
                WHERE u.unpaired
                  OR ROW(o.c1, o.c2, o.c3, o.c5)::record *<> ROW(n.c1, n.c2, n.c3, n.c5)::record AND (o.when_1 OR n.when_1)
                    OR ROW(o.c2, o.c5, o.c6)::record *<> ROW(n.c2, n.c5, n.c6)::record
                    OR ROW(o.c2, o.c4, o.c5, o.c6)::record *<> ROW(n.c2, n.c4, n.c5, n.c6)::record
                    OR ROW(o.c5)::record *<> ROW(n.c5)::record
              ),
              keys_1 AS (
                SELECT v1, bool_or(told_1) AS told_1, bool_or(told_2) AS told_2
                FROM (
                  SELECT old_2 AS v1, unpaired OR differs_2 AS told_1, unpaired OR differs_3 AS told_2
                  FROM pairs
                  WHERE old_2 IS NOT NULL
                  UNION ALL
                  SELECT new_2 AS v1, unpaired OR differs_2 AS told_1, unpaired OR differs_3 AS told_2
                  FROM pairs
                  WHERE new_2 IS DISTINCT FROM old_2
                    AND new_2 IS NOT NULL
                ) AS versions
                GROUP BY v1
              )
            SELECT
              concat_ws(',',
                CASE WHEN stalemate_doubt THEN '["agent_performance","error"]' ELSE
                  -- agent_performance by agent_id
                  (
                    WITH found AS (
                      SELECT old_1 AS v1
                      FROM pairs
                      WHERE (unpaired OR differs_1 AND held_1)
                        AND old_1 IS NOT NULL
                      UNION
                      SELECT new_1 AS v1
                      FROM pairs
                      WHERE (unpaired OR differs_1 AND held_1)
                        AND new_1 IS DISTINCT FROM old_1
                        AND new_1 IS NOT NULL
                      LIMIT 1001
                    )
                    SELECT CASE
                      WHEN (SELECT count(*) FROM found) > 1000 THEN '["agent_performance","max-keys"]'
                      ELSE (
                        SELECT '["agent_performance",["agent_id"],[' || string_agg(key, ',')
                          || ']]'
                        FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                      )
                    END
                  )
                END,
                -- dashboard by user_id
                (
                  WITH found AS (
                    SELECT v1
                    FROM keys_1
                    WHERE told_1
                    LIMIT 1001
                  )
                  SELECT CASE
                    WHEN (SELECT count(*) FROM found) > 1000 THEN '["dashboard","max-keys"]'
                    ELSE (
                      SELECT '["dashboard",["user_id"],[' || string_agg(key, ',')
                        || ']]'
                      FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                    )
                  END
                ),
                -- report by user_id
                (
                  WITH found AS (
                    SELECT v1
                    FROM keys_1
                    WHERE told_2
                    LIMIT 1001
                  )
                  SELECT CASE
                    WHEN (SELECT count(*) FROM found) > 1000 THEN '["report","max-keys"]'
                    ELSE (
                      SELECT '["report",["user_id"],[' || string_agg(key, ',')
                        || ']]'
                      FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                    )
                  END
                ),
                -- overview, as a whole
                (
                  SELECT '["overview","unbound"]'
                  WHERE EXISTS (SELECT FROM pairs WHERE (unpaired OR differs_4))
                )
              )
            INTO stalemate_targets;
            EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["agent_performance","max-keys"],["dashboard","max-keys"],["report","max-keys"],["overview","unbound"]';
            stalemate_reach := stalemate_sample * 3;
            WHILE stalemate_targets = (
              SELECT
                concat_ws(',',
                  -- agent_performance by agent_id
                  (
                    WITH found AS (
                      (
                        SELECT calls.agent_id AS v1
                        FROM old_rows AS calls
                        WHERE calls.agent_id IS NOT NULL
                        LIMIT (SELECT stalemate_reach)
                      )
                      UNION
                      (
                        SELECT calls.agent_id AS v1
                        FROM new_rows AS calls
                        WHERE calls.agent_id IS NOT NULL
                        LIMIT (SELECT stalemate_reach)
                      )
                      LIMIT 1001
                    )
                    SELECT CASE
                      WHEN (SELECT count(*) FROM found) > 1000 THEN '["agent_performance","max-keys"]'
                      ELSE (
                        SELECT '["agent_performance",["agent_id"],[' || string_agg(key, ',')
                          || ']]'
                        FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                      )
                    END
                  ),
                  -- dashboard by user_id
                  -- report by user_id
                  (
                    WITH found AS (
                      (
                        SELECT calls.user_id AS v1
                        FROM old_rows AS calls
                        WHERE calls.user_id IS NOT NULL
                        LIMIT (SELECT stalemate_reach)
                      )
                      UNION
                      (
                        SELECT calls.user_id AS v1
                        FROM new_rows AS calls
                        WHERE calls.user_id IS NOT NULL
                        LIMIT (SELECT stalemate_reach)
                      )
                      LIMIT 1001
                    )
                    SELECT CASE
                      WHEN (SELECT count(*) FROM found) > 1000 THEN '["dashboard","max-keys"],["report","max-keys"]'
                      ELSE (
                        SELECT '["dashboard",["user_id"],[' || string_agg(key, ',')
                          || ']],["report",["user_id"],[' || string_agg(key, ',')
                          || ']]'
                        FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                      )
                    END
                  ),
                  '["overview","unbound"]'
                )
            ) LOOP
              EXIT samples WHEN stalemate_reach IS NULL;
              stalemate_reach := NULL;
            END LOOP;
            -- Rows that say nothing are no sample of those that do.
            stalemate_sample := CASE WHEN stalemate_sample < stalemate_large AND stalemate_targets <> '' THEN stalemate_large END;
          END LOOP;
          IF stalemate_targets <> '' THEN
            stalemate_message := '{"v":1,"t":"calls","o":"update","d":[' || stalemate_targets || ']}';
            stalemate_message := CASE WHEN octet_length(stalemate_message) < 1048576 THEN stalemate_message ELSE '{"v":1,"t":"calls","o":"update","d":[["agent_performance","too-long"],["dashboard","too-long"],["overview","too-long"],["report","too-long"]]}' END;
          END IF;
          EXIT;
        EXCEPTION WHEN OTHERS THEN
          -- A condition or a column raised. What needs no condition may be told exactly.
          IF stalemate_doubt THEN
            stalemate_message := '{"v":1,"t":"calls","o":"update","d":[["agent_performance","error"],["dashboard","error"],["report","error"],["overview","error"]]}';
            EXIT;
          END IF;
          stalemate_doubt := true;
        END;
      END LOOP;
    END;
  END;
  IF stalemate_message IS NOT NULL THEN
    -- An assignment spares the query that PERFORM would be.
    stalemate_message := stalemate.outbox_v1(
      'stalemate.stalemate_callcentre',
      'stalemate_callcentre',
      stalemate_message
    );
  END IF;
  RETURN NULL;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.callcentre__calls_update() IS 'stalemate, ruleset callcentre: update of calls makes entries wrong in: agent_performance, dashboard, overview, report';
REVOKE ALL ON FUNCTION stalemate.callcentre__calls_update() FROM PUBLIC;
CREATE TRIGGER stalemate_callcentre_update
  AFTER UPDATE ON public.calls REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION stalemate.callcentre__calls_update();
COMMENT ON TRIGGER stalemate_callcentre_update ON public.calls IS 'stalemate, ruleset callcentre: update of calls; the comment of its function says what for';

CREATE FUNCTION stalemate.callcentre__calls_delete() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $stalemate$
#variable_conflict use_column
DECLARE
  stalemate_message text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row. That there are others is an error, since to look for them costs more.
    -- A key stands between the texts that it separates: without one there is nothing to say.
    SELECT
      '{"v":1,"t":"calls","o":"delete","d":[' || nullif(concat_ws(',',
        -- agent_performance by agent_id
        CASE WHEN ((status = ('completed')::text)) THEN concat_ws(
          calls.agent_id::uuid::text,
          '["agent_performance",["agent_id"],["',
          '"]]'
        ) END,
        -- dashboard by user_id
        -- report by user_id
        concat_ws(
          calls.user_id::uuid::text,
          '["dashboard",["user_id"],["',
          '"]],["report",["user_id"],["',
          '"]]'
        ),
        -- overview, as a whole
        '["overview","unbound"]'
      ), '') || ']}'
    FROM old_rows AS calls
    INTO STRICT stalemate_message;
  EXCEPTION WHEN OTHERS THEN
    IF NOT EXISTS (SELECT FROM old_rows) THEN
      RETURN NULL;
    END IF;
    DECLARE
      stalemate_doubt boolean := SQLSTATE NOT IN ('P0002', 'P0003');
      stalemate_targets text;
      stalemate_large bigint;
      stalemate_sample bigint;
    BEGIN
      LOOP
        BEGIN
          stalemate_large := CASE WHEN EXISTS (SELECT FROM old_rows OFFSET 4506) THEN 1502 END;
          stalemate_sample := stalemate_large;
          <<samples>>
          LOOP
            SELECT
              concat_ws(',',
                CASE WHEN stalemate_doubt THEN '["agent_performance","error"]' ELSE
                  -- agent_performance by agent_id
                  (
                    WITH found AS (
                      SELECT DISTINCT calls.agent_id AS v1
                      FROM (SELECT * FROM old_rows LIMIT (SELECT stalemate_sample)) AS calls
                      WHERE CASE WHEN stalemate_doubt THEN true ELSE ((status = ('completed')::text)) END
                        AND calls.agent_id IS NOT NULL
                      LIMIT 1001
                    )
                    SELECT CASE
                      WHEN (SELECT count(*) FROM found) > 1000 THEN '["agent_performance","max-keys"]'
                      ELSE (
                        SELECT '["agent_performance",["agent_id"],[' || string_agg(key, ',')
                          || ']]'
                        FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                      )
                    END
                  )
                END,
                -- dashboard by user_id
                -- report by user_id
                (
                  WITH found AS (
                    SELECT DISTINCT calls.user_id AS v1
                    FROM (SELECT * FROM old_rows LIMIT (SELECT stalemate_sample)) AS calls
                    WHERE calls.user_id IS NOT NULL
                    LIMIT 1001
                  )
                  SELECT CASE
                    WHEN (SELECT count(*) FROM found) > 1000 THEN '["dashboard","max-keys"],["report","max-keys"]'
                    ELSE (
                      SELECT '["dashboard",["user_id"],[' || string_agg(key, ',')
                        || ']],["report",["user_id"],[' || string_agg(key, ',')
                        || ']]'
                      FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                    )
                  END
                ),
                -- overview, as a whole
                (
                  SELECT '["overview","unbound"]'
                  WHERE EXISTS (SELECT FROM (SELECT * FROM old_rows LIMIT (SELECT stalemate_sample)) AS calls)
                )
              )
            INTO stalemate_targets;
            EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["agent_performance","max-keys"],["dashboard","max-keys"],["report","max-keys"],["overview","unbound"]';
            stalemate_sample := NULL;
          END LOOP;
          IF stalemate_targets <> '' THEN
            stalemate_message := '{"v":1,"t":"calls","o":"delete","d":[' || stalemate_targets || ']}';
            stalemate_message := CASE WHEN octet_length(stalemate_message) < 1048576 THEN stalemate_message ELSE '{"v":1,"t":"calls","o":"delete","d":[["agent_performance","too-long"],["dashboard","too-long"],["overview","too-long"],["report","too-long"]]}' END;
          END IF;
          EXIT;
        EXCEPTION WHEN OTHERS THEN
          -- A condition or a column raised. What needs no condition may be told exactly.
          IF stalemate_doubt THEN
            stalemate_message := '{"v":1,"t":"calls","o":"delete","d":[["agent_performance","error"],["dashboard","error"],["report","error"],["overview","error"]]}';
            EXIT;
          END IF;
          stalemate_doubt := true;
        END;
      END LOOP;
    END;
  END;
  IF stalemate_message IS NOT NULL THEN
    -- An assignment spares the query that PERFORM would be.
    stalemate_message := stalemate.outbox_v1(
      'stalemate.stalemate_callcentre',
      'stalemate_callcentre',
      stalemate_message
    );
  END IF;
  RETURN NULL;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.callcentre__calls_delete() IS 'stalemate, ruleset callcentre: delete of calls makes entries wrong in: agent_performance, dashboard, overview, report';
REVOKE ALL ON FUNCTION stalemate.callcentre__calls_delete() FROM PUBLIC;
CREATE TRIGGER stalemate_callcentre_delete
  AFTER DELETE ON public.calls REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION stalemate.callcentre__calls_delete();
COMMENT ON TRIGGER stalemate_callcentre_delete ON public.calls IS 'stalemate, ruleset callcentre: delete of calls; the comment of its function says what for';

CREATE FUNCTION stalemate.callcentre__calls_truncate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $stalemate$
BEGIN
  PERFORM stalemate.outbox_v1(
    'stalemate.stalemate_callcentre',
    'stalemate_callcentre',
    '{"v":1,"t":"calls","o":"truncate","d":[["agent_performance","truncate"],["dashboard","truncate"],["overview","truncate"],["report","truncate"]]}'
  );
  RETURN NULL;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.callcentre__calls_truncate() IS 'stalemate, ruleset callcentre: truncate of calls makes entries wrong in: agent_performance, dashboard, overview, report';
REVOKE ALL ON FUNCTION stalemate.callcentre__calls_truncate() FROM PUBLIC;
CREATE TRIGGER stalemate_callcentre_truncate
  AFTER TRUNCATE ON public.calls
  FOR EACH STATEMENT EXECUTE FUNCTION stalemate.callcentre__calls_truncate();
COMMENT ON TRIGGER stalemate_callcentre_truncate ON public.calls IS 'stalemate, ruleset callcentre: truncate of calls; the comment of its function says what for';

CREATE FUNCTION stalemate.callcentre__leads_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $stalemate$
#variable_conflict use_column
DECLARE
  stalemate_message text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row. That there are others is an error, since to look for them costs more.
    -- A key stands between the texts that it separates: without one there is nothing to say.
    SELECT
      '{"v":1,"t":"leads","o":"insert","d":[' || nullif(concat_ws(',',
        -- agent_leads by agent_id
        concat_ws(
          leads.agent_id::uuid::text,
          '["agent_leads",["agent_id"],["',
          '"]]'
        ),
        -- dashboard by user_id over agents
        CASE WHEN ((stage NOT IN (('won')::text, ('lost')::text))) THEN concat_ws(
          to_json((to_json(leads.agent_id) #>> '{}'))::text,
          '["dashboard",{"l":"0c49c810925d","n":1},[',
          ']]'
        ) END,
        -- overview, as a whole
        CASE WHEN (stage = 'won') THEN '["overview","unbound"]' END
      ), '') || ']}'
    FROM new_rows AS leads
    INTO STRICT stalemate_message;
  EXCEPTION WHEN OTHERS THEN
    IF NOT EXISTS (SELECT FROM new_rows) THEN
      RETURN NULL;
    END IF;
    DECLARE
      stalemate_doubt boolean := SQLSTATE NOT IN ('P0002', 'P0003');
      stalemate_targets text;
      stalemate_large bigint;
      stalemate_sample bigint;
    BEGIN
      LOOP
        BEGIN
          stalemate_large := CASE WHEN EXISTS (SELECT FROM new_rows OFFSET 4506) THEN 1502 END;
          stalemate_sample := stalemate_large;
          <<samples>>
          LOOP
            SELECT
              concat_ws(',',
                -- agent_leads by agent_id
                (
                  WITH found AS (
                    SELECT DISTINCT leads.agent_id AS v1
                    FROM (SELECT * FROM new_rows LIMIT (SELECT stalemate_sample)) AS leads
                    WHERE leads.agent_id IS NOT NULL
                    LIMIT 1001
                  )
                  SELECT CASE
                    WHEN (SELECT count(*) FROM found) > 1000 THEN '["agent_leads","max-keys"]'
                    ELSE (
                      SELECT '["agent_leads",["agent_id"],[' || string_agg(key, ',')
                        || ']]'
                      FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                    )
                  END
                ),
                CASE WHEN stalemate_doubt THEN '["dashboard","error"]' ELSE
                  -- dashboard by user_id over agents
                  (
                    WITH found AS (
                      SELECT DISTINCT (to_json(leads.agent_id) #>> '{}') COLLATE "C" AS v1
                      FROM (SELECT * FROM new_rows LIMIT (SELECT stalemate_sample)) AS leads
                      WHERE CASE WHEN stalemate_doubt THEN true ELSE ((stage NOT IN (('won')::text, ('lost')::text))) END
                        AND leads.agent_id IS NOT NULL
                      LIMIT 1001
                    )
                    SELECT CASE
                      WHEN (SELECT count(*) FROM found) > 1000 THEN '["dashboard","max-keys"]'
                      ELSE (
                        SELECT '["dashboard",{"l":"0c49c810925d","n":1},[' || string_agg(key, ',')
                          || ']]'
                        FROM (SELECT to_json(v1)::text COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                      )
                    END
                  )
                END,
                CASE WHEN stalemate_doubt THEN '["overview","error"]' ELSE
                  -- overview, as a whole
                  (
                    SELECT '["overview","unbound"]'
                    WHERE EXISTS (SELECT FROM (SELECT * FROM new_rows LIMIT (SELECT stalemate_sample)) AS leads WHERE CASE WHEN stalemate_doubt THEN true ELSE (stage = 'won') END)
                  )
                END
              )
            INTO stalemate_targets;
            EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["agent_leads","max-keys"],["dashboard","max-keys"],["overview","unbound"]';
            stalemate_sample := NULL;
          END LOOP;
          IF stalemate_targets <> '' THEN
            stalemate_message := '{"v":1,"t":"leads","o":"insert","d":[' || stalemate_targets || ']}';
          END IF;
          EXIT;
        EXCEPTION WHEN OTHERS THEN
          -- A condition or a column raised. What needs no condition may be told exactly.
          IF stalemate_doubt THEN
            stalemate_message := '{"v":1,"t":"leads","o":"insert","d":[["agent_leads","error"],["dashboard","error"],["overview","error"]]}';
            EXIT;
          END IF;
          stalemate_doubt := true;
        END;
      END LOOP;
    END;
  END;
  IF stalemate_message IS NOT NULL THEN
    -- An assignment spares the query that PERFORM would be.
    stalemate_message := stalemate.outbox_v1(
      'stalemate.stalemate_callcentre',
      'stalemate_callcentre',
      CASE WHEN octet_length(stalemate_message) < 1048576 THEN stalemate_message ELSE '{"v":1,"t":"leads","o":"insert","d":[["agent_leads","too-long"],["dashboard","too-long"],["overview","too-long"]]}' END
    );
  END IF;
  RETURN NULL;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.callcentre__leads_insert() IS 'stalemate, ruleset callcentre: insert of leads makes entries wrong in: agent_leads, dashboard, overview';
REVOKE ALL ON FUNCTION stalemate.callcentre__leads_insert() FROM PUBLIC;
CREATE TRIGGER stalemate_callcentre_insert
  AFTER INSERT ON public.leads REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION stalemate.callcentre__leads_insert();
COMMENT ON TRIGGER stalemate_callcentre_insert ON public.leads IS 'stalemate, ruleset callcentre: insert of leads; the comment of its function says what for';

CREATE FUNCTION stalemate.callcentre__leads_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $stalemate$
#variable_conflict use_column
DECLARE
  stalemate_message text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row. That there are others is an error, since to look for them costs more.
    -- A key stands between the texts that it separates: without one there is nothing to say.
    SELECT
      '{"v":1,"t":"leads","o":"update","d":[' || nullif(concat_ws(',',
        -- agent_leads by agent_id
        CASE WHEN ROW(o.c1, o.c2, o.c3, o.c4)::record *<> ROW(n.c1, n.c2, n.c3, n.c4)::record THEN concat_ws(
          nullif(concat_ws('","', o.c1::uuid, nullif(n.c1::uuid, o.c1::uuid)), ''),
          '["agent_leads",["agent_id"],["',
          '"]]'
        ) END,
        -- dashboard by user_id over agents
        CASE WHEN ROW(o.c1, o.c3, o.c4)::record *<> ROW(n.c1, n.c3, n.c4)::record AND (o.when_1 OR n.when_1) THEN concat_ws(
          nullif(concat_ws(',',
            to_json((to_json(o.c1) #>> '{}')),
            CASE WHEN (to_json(n.c1) #>> '{}') COLLATE "C" IS DISTINCT FROM (to_json(o.c1) #>> '{}') COLLATE "C" THEN to_json((to_json(n.c1) #>> '{}')) END
          ), ''),
          '["dashboard",{"l":"0c49c810925d","n":1},[',
          ']]'
        ) END,
        -- overview, as a whole
        CASE WHEN ROW(o.c3, o.c4)::record *<> ROW(n.c3, n.c4)::record AND (o.when_2 OR n.when_2) THEN '["overview","unbound"]' END
      ), '') || ']}'
    FROM (
      SELECT
        leads.agent_id AS c1,
        leads.name AS c2,
        leads.stage AS c3,
        leads.value AS c4,
        ((stage NOT IN (('won')::text, ('lost')::text))) AS when_1,
        (stage = 'won') AS when_2
      FROM old_rows AS leads
    ) AS o,
    (
      SELECT
        leads.agent_id AS c1,
        leads.name AS c2,
        leads.stage AS c3,
        leads.value AS c4,
        ((stage NOT IN (('won')::text, ('lost')::text))) AS when_1,
        (stage = 'won') AS when_2
      FROM new_rows AS leads
    ) AS n
    INTO STRICT stalemate_message;
  EXCEPTION WHEN OTHERS THEN
    IF NOT EXISTS (SELECT FROM old_rows) THEN
      RETURN NULL;
    END IF;
    DECLARE
      stalemate_doubt boolean := SQLSTATE NOT IN ('P0002', 'P0003');
      stalemate_targets text;
      stalemate_large bigint;
      stalemate_sample bigint;
      stalemate_reach bigint;
    BEGIN
      LOOP
        BEGIN
          stalemate_sample := CASE WHEN EXISTS (SELECT FROM old_rows OFFSET 192) THEN 64 END;
          stalemate_large := CASE WHEN stalemate_sample IS NOT NULL THEN CASE WHEN EXISTS (SELECT FROM old_rows OFFSET 4506) THEN 1502 END END;
          <<samples>>
          LOOP
            WITH
              -- The versions of a row have the same place in both tables.
              pairs AS (
                SELECT
                  o.c1 AS old_1, n.c1 AS new_1,
                  (to_json(o.c1) #>> '{}') COLLATE "C" AS old_2, (to_json(n.c1) #>> '{}') COLLATE "C" AS new_2,
                  u.unpaired,
                  ROW(o.c1, o.c2, o.c3, o.c4)::record *<> ROW(n.c1, n.c2, n.c3, n.c4)::record AS differs_1,
                  ROW(o.c1, o.c3, o.c4)::record *<> ROW(n.c1, n.c3, n.c4)::record AS differs_2,
                  ROW(o.c3, o.c4)::record *<> ROW(n.c3, n.c4)::record AS differs_3,
                  (o.when_1 OR n.when_1) AS held_1,
                  (o.when_2 OR n.when_2) AS held_2
                FROM (
                  SELECT
                    row_number() OVER () AS place,
                    leads.agent_id AS c1,
                    leads.name AS c2,
                    leads.stage AS c3,
                    leads.value AS c4,
                    CASE WHEN stalemate_doubt THEN true ELSE ((stage NOT IN (('won')::text, ('lost')::text))) END AS when_1,
                    CASE WHEN stalemate_doubt THEN true ELSE (stage = 'won') END AS when_2
                  FROM old_rows AS leads
                  LIMIT (SELECT stalemate_sample)
                ) AS o
                FULL JOIN (
                  SELECT
                    row_number() OVER () AS place,
                    leads.agent_id AS c1,
                    leads.name AS c2,
                    leads.stage AS c3,
                    leads.value AS c4,
                    CASE WHEN stalemate_doubt THEN true ELSE ((stage NOT IN (('won')::text, ('lost')::text))) END AS when_1,
                    CASE WHEN stalemate_doubt THEN true ELSE (stage = 'won') END AS when_2
                  FROM new_rows AS leads
                  LIMIT (SELECT stalemate_sample)
                ) AS n ON n.place = o.place
                -- A BEFORE trigger can swallow a row that moves to another partition: then every row counts. A sample need not
                -- know: it is taken for enough only if it has all keys that there are.
                CROSS JOIN (
                  SELECT stalemate_sample IS NULL AND (SELECT count(*) FROM old_rows) <> (SELECT count(*) FROM new_rows) AS unpaired
                ) AS u
                WHERE u.unpaired
                  OR ROW(o.c1, o.c2, o.c3, o.c4)::record *<> ROW(n.c1, n.c2, n.c3, n.c4)::record
                    OR ROW(o.c1, o.c3, o.c4)::record *<> ROW(n.c1, n.c3, n.c4)::record AND (o.when_1 OR n.when_1)
                    OR ROW(o.c3, o.c4)::record *<> ROW(n.c3, n.c4)::record AND (o.when_2 OR n.when_2)
              )
            SELECT
              concat_ws(',',
                -- agent_leads by agent_id
                (
                  WITH found AS (
                    SELECT old_1 AS v1
                    FROM pairs
                    WHERE (unpaired OR differs_1)
                      AND old_1 IS NOT NULL
                    UNION
                    SELECT new_1 AS v1
                    FROM pairs
                    WHERE (unpaired OR differs_1)
                      AND new_1 IS DISTINCT FROM old_1
                      AND new_1 IS NOT NULL
                    LIMIT 1001
                  )
                  SELECT CASE
                    WHEN (SELECT count(*) FROM found) > 1000 THEN '["agent_leads","max-keys"]'
                    ELSE (
                      SELECT '["agent_leads",["agent_id"],[' || string_agg(key, ',')
                        || ']]'
                      FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                    )
                  END
                ),
                CASE WHEN stalemate_doubt THEN '["dashboard","error"]' ELSE
                  -- dashboard by user_id over agents
                  (
                    WITH found AS (
                      SELECT (to_json(old_2) #>> '{}') COLLATE "C" AS v1
                      FROM pairs
                      WHERE (unpaired OR differs_2 AND held_1)
                        AND old_2 IS NOT NULL
                      UNION
                      SELECT (to_json(new_2) #>> '{}') COLLATE "C" AS v1
                      FROM pairs
                      WHERE (unpaired OR differs_2 AND held_1)
                        AND new_2 IS DISTINCT FROM old_2
                        AND new_2 IS NOT NULL
                      LIMIT 1001
                    )
                    SELECT CASE
                      WHEN (SELECT count(*) FROM found) > 1000 THEN '["dashboard","max-keys"]'
                      ELSE (
                        SELECT '["dashboard",{"l":"0c49c810925d","n":1},[' || string_agg(key, ',')
                          || ']]'
                        FROM (SELECT to_json(v1)::text COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                      )
                    END
                  )
                END,
                CASE WHEN stalemate_doubt THEN '["overview","error"]' ELSE
                  -- overview, as a whole
                  (
                    SELECT '["overview","unbound"]'
                    WHERE EXISTS (SELECT FROM pairs WHERE (unpaired OR differs_3 AND held_2))
                  )
                END
              )
            INTO stalemate_targets;
            EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["agent_leads","max-keys"],["dashboard","max-keys"],["overview","unbound"]';
            stalemate_reach := stalemate_sample * 3;
            WHILE stalemate_targets = (
              SELECT
                concat_ws(',',
                  -- agent_leads by agent_id
                  (
                    WITH found AS (
                      (
                        SELECT leads.agent_id AS v1
                        FROM old_rows AS leads
                        WHERE leads.agent_id IS NOT NULL
                        LIMIT (SELECT stalemate_reach)
                      )
                      UNION
                      (
                        SELECT leads.agent_id AS v1
                        FROM new_rows AS leads
                        WHERE leads.agent_id IS NOT NULL
                        LIMIT (SELECT stalemate_reach)
                      )
                      LIMIT 1001
                    )
                    SELECT CASE
                      WHEN (SELECT count(*) FROM found) > 1000 THEN '["agent_leads","max-keys"]'
                      ELSE (
                        SELECT '["agent_leads",["agent_id"],[' || string_agg(key, ',')
                          || ']]'
                        FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                      )
                    END
                  ),
                  -- dashboard by user_id over agents
                  (
                    WITH found AS (
                      (
                        SELECT (to_json(leads.agent_id) #>> '{}') COLLATE "C" AS v1
                        FROM old_rows AS leads
                        WHERE leads.agent_id IS NOT NULL
                        LIMIT (SELECT stalemate_reach)
                      )
                      UNION
                      (
                        SELECT (to_json(leads.agent_id) #>> '{}') COLLATE "C" AS v1
                        FROM new_rows AS leads
                        WHERE leads.agent_id IS NOT NULL
                        LIMIT (SELECT stalemate_reach)
                      )
                      LIMIT 1001
                    )
                    SELECT CASE
                      WHEN (SELECT count(*) FROM found) > 1000 THEN '["dashboard","max-keys"]'
                      ELSE (
                        SELECT '["dashboard",{"l":"0c49c810925d","n":1},[' || string_agg(key, ',')
                          || ']]'
                        FROM (SELECT to_json(v1)::text COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                      )
                    END
                  ),
                  '["overview","unbound"]'
                )
            ) LOOP
              EXIT samples WHEN stalemate_reach IS NULL;
              stalemate_reach := NULL;
            END LOOP;
            -- Rows that say nothing are no sample of those that do.
            stalemate_sample := CASE WHEN stalemate_sample < stalemate_large AND stalemate_targets <> '' THEN stalemate_large END;
          END LOOP;
          IF stalemate_targets <> '' THEN
            stalemate_message := '{"v":1,"t":"leads","o":"update","d":[' || stalemate_targets || ']}';
          END IF;
          EXIT;
        EXCEPTION WHEN OTHERS THEN
          -- A condition or a column raised. What needs no condition may be told exactly.
          IF stalemate_doubt THEN
            stalemate_message := '{"v":1,"t":"leads","o":"update","d":[["agent_leads","error"],["dashboard","error"],["overview","error"]]}';
            EXIT;
          END IF;
          stalemate_doubt := true;
        END;
      END LOOP;
    END;
  END;
  IF stalemate_message IS NOT NULL THEN
    -- An assignment spares the query that PERFORM would be.
    stalemate_message := stalemate.outbox_v1(
      'stalemate.stalemate_callcentre',
      'stalemate_callcentre',
      CASE WHEN octet_length(stalemate_message) < 1048576 THEN stalemate_message ELSE '{"v":1,"t":"leads","o":"update","d":[["agent_leads","too-long"],["dashboard","too-long"],["overview","too-long"]]}' END
    );
  END IF;
  RETURN NULL;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.callcentre__leads_update() IS 'stalemate, ruleset callcentre: update of leads makes entries wrong in: agent_leads, dashboard, overview';
REVOKE ALL ON FUNCTION stalemate.callcentre__leads_update() FROM PUBLIC;
CREATE TRIGGER stalemate_callcentre_update
  AFTER UPDATE ON public.leads REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION stalemate.callcentre__leads_update();
COMMENT ON TRIGGER stalemate_callcentre_update ON public.leads IS 'stalemate, ruleset callcentre: update of leads; the comment of its function says what for';

CREATE FUNCTION stalemate.callcentre__leads_delete() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $stalemate$
#variable_conflict use_column
DECLARE
  stalemate_message text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row. That there are others is an error, since to look for them costs more.
    -- A key stands between the texts that it separates: without one there is nothing to say.
    SELECT
      '{"v":1,"t":"leads","o":"delete","d":[' || nullif(concat_ws(',',
        -- agent_leads by agent_id
        concat_ws(
          leads.agent_id::uuid::text,
          '["agent_leads",["agent_id"],["',
          '"]]'
        ),
        -- dashboard by user_id over agents
        CASE WHEN ((stage NOT IN (('won')::text, ('lost')::text))) THEN concat_ws(
          to_json((to_json(leads.agent_id) #>> '{}'))::text,
          '["dashboard",{"l":"0c49c810925d","n":1},[',
          ']]'
        ) END,
        -- overview, as a whole
        CASE WHEN (stage = 'won') THEN '["overview","unbound"]' END
      ), '') || ']}'
    FROM old_rows AS leads
    INTO STRICT stalemate_message;
  EXCEPTION WHEN OTHERS THEN
    IF NOT EXISTS (SELECT FROM old_rows) THEN
      RETURN NULL;
    END IF;
    DECLARE
      stalemate_doubt boolean := SQLSTATE NOT IN ('P0002', 'P0003');
      stalemate_targets text;
      stalemate_large bigint;
      stalemate_sample bigint;
    BEGIN
      LOOP
        BEGIN
          stalemate_large := CASE WHEN EXISTS (SELECT FROM old_rows OFFSET 4506) THEN 1502 END;
          stalemate_sample := stalemate_large;
          <<samples>>
          LOOP
            SELECT
              concat_ws(',',
                -- agent_leads by agent_id
                (
                  WITH found AS (
                    SELECT DISTINCT leads.agent_id AS v1
                    FROM (SELECT * FROM old_rows LIMIT (SELECT stalemate_sample)) AS leads
                    WHERE leads.agent_id IS NOT NULL
                    LIMIT 1001
                  )
                  SELECT CASE
                    WHEN (SELECT count(*) FROM found) > 1000 THEN '["agent_leads","max-keys"]'
                    ELSE (
                      SELECT '["agent_leads",["agent_id"],[' || string_agg(key, ',')
                        || ']]'
                      FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                    )
                  END
                ),
                CASE WHEN stalemate_doubt THEN '["dashboard","error"]' ELSE
                  -- dashboard by user_id over agents
                  (
                    WITH found AS (
                      SELECT DISTINCT (to_json(leads.agent_id) #>> '{}') COLLATE "C" AS v1
                      FROM (SELECT * FROM old_rows LIMIT (SELECT stalemate_sample)) AS leads
                      WHERE CASE WHEN stalemate_doubt THEN true ELSE ((stage NOT IN (('won')::text, ('lost')::text))) END
                        AND leads.agent_id IS NOT NULL
                      LIMIT 1001
                    )
                    SELECT CASE
                      WHEN (SELECT count(*) FROM found) > 1000 THEN '["dashboard","max-keys"]'
                      ELSE (
                        SELECT '["dashboard",{"l":"0c49c810925d","n":1},[' || string_agg(key, ',')
                          || ']]'
                        FROM (SELECT to_json(v1)::text COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                      )
                    END
                  )
                END,
                CASE WHEN stalemate_doubt THEN '["overview","error"]' ELSE
                  -- overview, as a whole
                  (
                    SELECT '["overview","unbound"]'
                    WHERE EXISTS (SELECT FROM (SELECT * FROM old_rows LIMIT (SELECT stalemate_sample)) AS leads WHERE CASE WHEN stalemate_doubt THEN true ELSE (stage = 'won') END)
                  )
                END
              )
            INTO stalemate_targets;
            EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["agent_leads","max-keys"],["dashboard","max-keys"],["overview","unbound"]';
            stalemate_sample := NULL;
          END LOOP;
          IF stalemate_targets <> '' THEN
            stalemate_message := '{"v":1,"t":"leads","o":"delete","d":[' || stalemate_targets || ']}';
          END IF;
          EXIT;
        EXCEPTION WHEN OTHERS THEN
          -- A condition or a column raised. What needs no condition may be told exactly.
          IF stalemate_doubt THEN
            stalemate_message := '{"v":1,"t":"leads","o":"delete","d":[["agent_leads","error"],["dashboard","error"],["overview","error"]]}';
            EXIT;
          END IF;
          stalemate_doubt := true;
        END;
      END LOOP;
    END;
  END;
  IF stalemate_message IS NOT NULL THEN
    -- An assignment spares the query that PERFORM would be.
    stalemate_message := stalemate.outbox_v1(
      'stalemate.stalemate_callcentre',
      'stalemate_callcentre',
      CASE WHEN octet_length(stalemate_message) < 1048576 THEN stalemate_message ELSE '{"v":1,"t":"leads","o":"delete","d":[["agent_leads","too-long"],["dashboard","too-long"],["overview","too-long"]]}' END
    );
  END IF;
  RETURN NULL;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.callcentre__leads_delete() IS 'stalemate, ruleset callcentre: delete of leads makes entries wrong in: agent_leads, dashboard, overview';
REVOKE ALL ON FUNCTION stalemate.callcentre__leads_delete() FROM PUBLIC;
CREATE TRIGGER stalemate_callcentre_delete
  AFTER DELETE ON public.leads REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION stalemate.callcentre__leads_delete();
COMMENT ON TRIGGER stalemate_callcentre_delete ON public.leads IS 'stalemate, ruleset callcentre: delete of leads; the comment of its function says what for';

CREATE FUNCTION stalemate.callcentre__leads_truncate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $stalemate$
BEGIN
  PERFORM stalemate.outbox_v1(
    'stalemate.stalemate_callcentre',
    'stalemate_callcentre',
    '{"v":1,"t":"leads","o":"truncate","d":[["agent_leads","truncate"],["dashboard","truncate"],["overview","truncate"]]}'
  );
  RETURN NULL;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.callcentre__leads_truncate() IS 'stalemate, ruleset callcentre: truncate of leads makes entries wrong in: agent_leads, dashboard, overview';
REVOKE ALL ON FUNCTION stalemate.callcentre__leads_truncate() FROM PUBLIC;
CREATE TRIGGER stalemate_callcentre_truncate
  AFTER TRUNCATE ON public.leads
  FOR EACH STATEMENT EXECUTE FUNCTION stalemate.callcentre__leads_truncate();
COMMENT ON TRIGGER stalemate_callcentre_truncate ON public.leads IS 'stalemate, ruleset callcentre: truncate of leads; the comment of its function says what for';

CREATE FUNCTION stalemate.callcentre__users_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $stalemate$
#variable_conflict use_column
DECLARE
  stalemate_message text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row. That there are others is an error, since to look for them costs more.
    -- A key stands between the texts that it separates: without one there is nothing to say.
    SELECT
      '{"v":1,"t":"users","o":"insert","d":[' || nullif(concat_ws(',',
        -- dashboard by user_id
        -- report by user_id
        -- user_profile by user_id
        concat_ws(
          users.id::uuid::text,
          '["dashboard",["user_id"],["',
          '"]],["report",["user_id"],["',
          '"]],["user_profile",["user_id"],["',
          '"]]'
        ),
        -- overview, as a whole
        '["overview","unbound"]'
      ), '') || ']}'
    FROM new_rows AS users
    INTO STRICT stalemate_message;
  EXCEPTION WHEN OTHERS THEN
    IF NOT EXISTS (SELECT FROM new_rows) THEN
      RETURN NULL;
    END IF;
    DECLARE
      stalemate_targets text;
      stalemate_large bigint;
      stalemate_sample bigint;
    BEGIN
      stalemate_large := CASE WHEN EXISTS (SELECT FROM new_rows OFFSET 4506) THEN 1502 END;
      stalemate_sample := stalemate_large;
      <<samples>>
      LOOP
        SELECT
          concat_ws(',',
            -- dashboard by user_id
            -- report by user_id
            -- user_profile by user_id
            (
              WITH found AS (
                SELECT DISTINCT users.id AS v1
                FROM (SELECT * FROM new_rows LIMIT (SELECT stalemate_sample)) AS users
                WHERE users.id IS NOT NULL
                LIMIT 1001
              )
              SELECT CASE
                WHEN (SELECT count(*) FROM found) > 1000 THEN '["dashboard","max-keys"],["report","max-keys"],["user_profile","max-keys"]'
                ELSE (
                  SELECT '["dashboard",["user_id"],[' || string_agg(key, ',')
                    || ']],["report",["user_id"],[' || string_agg(key, ',')
                    || ']],["user_profile",["user_id"],[' || string_agg(key, ',')
                    || ']]'
                  FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                )
              END
            ),
            -- overview, as a whole
            (
              SELECT '["overview","unbound"]'
              WHERE EXISTS (SELECT FROM (SELECT * FROM new_rows LIMIT (SELECT stalemate_sample)) AS users)
            )
          )
        INTO stalemate_targets;
        EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["dashboard","max-keys"],["report","max-keys"],["user_profile","max-keys"],["overview","unbound"]';
        stalemate_sample := NULL;
      END LOOP;
      IF stalemate_targets <> '' THEN
        stalemate_message := '{"v":1,"t":"users","o":"insert","d":[' || stalemate_targets || ']}';
        stalemate_message := CASE WHEN octet_length(stalemate_message) < 1048576 THEN stalemate_message ELSE '{"v":1,"t":"users","o":"insert","d":[["dashboard","too-long"],["overview","too-long"],["report","too-long"],["user_profile","too-long"]]}' END;
      END IF;
    EXCEPTION WHEN OTHERS THEN
      -- A condition or a column raised.
      stalemate_message := '{"v":1,"t":"users","o":"insert","d":[["dashboard","error"],["report","error"],["user_profile","error"],["overview","error"]]}';
    END;
  END;
  IF stalemate_message IS NOT NULL THEN
    -- An assignment spares the query that PERFORM would be.
    stalemate_message := stalemate.outbox_v1(
      'stalemate.stalemate_callcentre',
      'stalemate_callcentre',
      stalemate_message
    );
  END IF;
  RETURN NULL;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.callcentre__users_insert() IS 'stalemate, ruleset callcentre: insert of users makes entries wrong in: dashboard, overview, report, user_profile';
REVOKE ALL ON FUNCTION stalemate.callcentre__users_insert() FROM PUBLIC;
CREATE TRIGGER stalemate_callcentre_insert
  AFTER INSERT ON public.users REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION stalemate.callcentre__users_insert();
COMMENT ON TRIGGER stalemate_callcentre_insert ON public.users IS 'stalemate, ruleset callcentre: insert of users; the comment of its function says what for';

CREATE FUNCTION stalemate.callcentre__users_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $stalemate$
#variable_conflict use_column
DECLARE
  stalemate_message text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row. That there are others is an error, since to look for them costs more.
    -- A key stands between the texts that it separates: without one there is nothing to say.
    SELECT
      '{"v":1,"t":"users","o":"update","d":[' || replace(
        nullif(concat_ws(',',
          -- dashboard by user_id
          CASE WHEN ROW(o.c2, o.c3)::record *<> ROW(n.c2, n.c3)::record THEN '["dashboard",["user_id"],["?"]]' END,
          -- report by user_id
          CASE WHEN ROW(o.c2, o.c3, o.c4)::record *<> ROW(n.c2, n.c3, n.c4)::record THEN '["report",["user_id"],["?"]]' END,
          -- user_profile by user_id
          CASE WHEN ROW(o.c1, o.c2, o.c3, o.c4)::record *<> ROW(n.c1, n.c2, n.c3, n.c4)::record THEN '["user_profile",["user_id"],["?"]]' END
        ), ''),
        '?',
        nullif(concat_ws('","', o.c2::uuid, nullif(n.c2::uuid, o.c2::uuid)), '')
      ) || ']}'
    FROM (
      SELECT
        users.email AS c1,
        users.id AS c2,
        users.name AS c3,
        users.plan AS c4
      FROM old_rows AS users
    ) AS o,
    (
      SELECT
        users.email AS c1,
        users.id AS c2,
        users.name AS c3,
        users.plan AS c4
      FROM new_rows AS users
    ) AS n
    INTO STRICT stalemate_message;
  EXCEPTION WHEN OTHERS THEN
    IF NOT EXISTS (SELECT FROM old_rows) THEN
      RETURN NULL;
    END IF;
    DECLARE
      stalemate_targets text;
      stalemate_large bigint;
      stalemate_sample bigint;
      stalemate_reach bigint;
    BEGIN
      stalemate_sample := CASE WHEN EXISTS (SELECT FROM old_rows OFFSET 192) THEN 64 END;
      stalemate_large := CASE WHEN stalemate_sample IS NOT NULL THEN CASE WHEN EXISTS (SELECT FROM old_rows OFFSET 4506) THEN 1502 END END;
      <<samples>>
      LOOP
        WITH
          -- The versions of a row have the same place in both tables.
          pairs AS (
            SELECT
              o.c2 AS old_1, n.c2 AS new_1,
              u.unpaired,
              ROW(o.c2, o.c3)::record *<> ROW(n.c2, n.c3)::record AS differs_1,
              ROW(o.c2, o.c3, o.c4)::record *<> ROW(n.c2, n.c3, n.c4)::record AS differs_2,
              ROW(o.c1, o.c2, o.c3, o.c4)::record *<> ROW(n.c1, n.c2, n.c3, n.c4)::record AS differs_3
            FROM (
              SELECT
                row_number() OVER () AS place,
                users.email AS c1,
                users.id AS c2,
                users.name AS c3,
                users.plan AS c4
              FROM old_rows AS users
              LIMIT (SELECT stalemate_sample)
            ) AS o
            FULL JOIN (
              SELECT
                row_number() OVER () AS place,
                users.email AS c1,
                users.id AS c2,
                users.name AS c3,
                users.plan AS c4
              FROM new_rows AS users
              LIMIT (SELECT stalemate_sample)
            ) AS n ON n.place = o.place
            -- A BEFORE trigger can swallow a row that moves to another partition: then every row counts. A sample need not
            -- know: it is taken for enough only if it has all keys that there are.
            CROSS JOIN (
              SELECT stalemate_sample IS NULL AND (SELECT count(*) FROM old_rows) <> (SELECT count(*) FROM new_rows) AS unpaired
            ) AS u
            WHERE u.unpaired
              OR ROW(o.c1, o.c2, o.c3, o.c4)::record *<> ROW(n.c1, n.c2, n.c3, n.c4)::record
          ),
          keys_1 AS (
            SELECT v1, bool_or(told_1) AS told_1, bool_or(told_2) AS told_2, bool_or(told_3) AS told_3
            FROM (
              SELECT old_1 AS v1, unpaired OR differs_1 AS told_1, unpaired OR differs_2 AS told_2, unpaired OR differs_3 AS told_3
              FROM pairs
              WHERE old_1 IS NOT NULL
              UNION ALL
              SELECT new_1 AS v1, unpaired OR differs_1 AS told_1, unpaired OR differs_2 AS told_2, unpaired OR differs_3 AS told_3
              FROM pairs
              WHERE new_1 IS DISTINCT FROM old_1
                AND new_1 IS NOT NULL
            ) AS versions
            GROUP BY v1
          )
        SELECT
          concat_ws(',',
            -- dashboard by user_id
            (
              WITH found AS (
                SELECT v1
                FROM keys_1
                WHERE told_1
                LIMIT 1001
              )
              SELECT CASE
                WHEN (SELECT count(*) FROM found) > 1000 THEN '["dashboard","max-keys"]'
                ELSE (
                  SELECT '["dashboard",["user_id"],[' || string_agg(key, ',')
                    || ']]'
                  FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                )
              END
            ),
            -- report by user_id
            (
              WITH found AS (
                SELECT v1
                FROM keys_1
                WHERE told_2
                LIMIT 1001
              )
              SELECT CASE
                WHEN (SELECT count(*) FROM found) > 1000 THEN '["report","max-keys"]'
                ELSE (
                  SELECT '["report",["user_id"],[' || string_agg(key, ',')
                    || ']]'
                  FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                )
              END
            ),
            -- user_profile by user_id
            (
              WITH found AS (
                SELECT v1
                FROM keys_1
                WHERE told_3
                LIMIT 1001
              )
              SELECT CASE
                WHEN (SELECT count(*) FROM found) > 1000 THEN '["user_profile","max-keys"]'
                ELSE (
                  SELECT '["user_profile",["user_id"],[' || string_agg(key, ',')
                    || ']]'
                  FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                )
              END
            )
          )
        INTO stalemate_targets;
        EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["dashboard","max-keys"],["report","max-keys"],["user_profile","max-keys"]';
        stalemate_reach := stalemate_sample * 3;
        WHILE stalemate_targets = (
          SELECT
            -- dashboard by user_id
            -- report by user_id
            -- user_profile by user_id
            (
              WITH found AS (
                (
                  SELECT users.id AS v1
                  FROM old_rows AS users
                  WHERE users.id IS NOT NULL
                  LIMIT (SELECT stalemate_reach)
                )
                UNION
                (
                  SELECT users.id AS v1
                  FROM new_rows AS users
                  WHERE users.id IS NOT NULL
                  LIMIT (SELECT stalemate_reach)
                )
                LIMIT 1001
              )
              SELECT CASE
                WHEN (SELECT count(*) FROM found) > 1000 THEN '["dashboard","max-keys"],["report","max-keys"],["user_profile","max-keys"]'
                ELSE (
                  SELECT '["dashboard",["user_id"],[' || string_agg(key, ',')
                    || ']],["report",["user_id"],[' || string_agg(key, ',')
                    || ']],["user_profile",["user_id"],[' || string_agg(key, ',')
                    || ']]'
                  FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                )
              END
            )
        ) LOOP
          EXIT samples WHEN stalemate_reach IS NULL;
          stalemate_reach := NULL;
        END LOOP;
        -- Rows that say nothing are no sample of those that do.
        stalemate_sample := CASE WHEN stalemate_sample < stalemate_large AND stalemate_targets <> '' THEN stalemate_large END;
      END LOOP;
      IF stalemate_targets <> '' THEN
        stalemate_message := '{"v":1,"t":"users","o":"update","d":[' || stalemate_targets || ']}';
        stalemate_message := CASE WHEN octet_length(stalemate_message) < 1048576 THEN stalemate_message ELSE '{"v":1,"t":"users","o":"update","d":[["dashboard","too-long"],["report","too-long"],["user_profile","too-long"]]}' END;
      END IF;
    EXCEPTION WHEN OTHERS THEN
      -- A condition or a column raised.
      stalemate_message := '{"v":1,"t":"users","o":"update","d":[["dashboard","error"],["report","error"],["user_profile","error"]]}';
    END;
  END;
  IF stalemate_message IS NOT NULL THEN
    -- An assignment spares the query that PERFORM would be.
    stalemate_message := stalemate.outbox_v1(
      'stalemate.stalemate_callcentre',
      'stalemate_callcentre',
      stalemate_message
    );
  END IF;
  RETURN NULL;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.callcentre__users_update() IS 'stalemate, ruleset callcentre: update of users makes entries wrong in: dashboard, report, user_profile';
REVOKE ALL ON FUNCTION stalemate.callcentre__users_update() FROM PUBLIC;
CREATE TRIGGER stalemate_callcentre_update
  AFTER UPDATE ON public.users REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION stalemate.callcentre__users_update();
COMMENT ON TRIGGER stalemate_callcentre_update ON public.users IS 'stalemate, ruleset callcentre: update of users; the comment of its function says what for';

CREATE FUNCTION stalemate.callcentre__users_delete() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $stalemate$
#variable_conflict use_column
DECLARE
  stalemate_message text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row. That there are others is an error, since to look for them costs more.
    -- A key stands between the texts that it separates: without one there is nothing to say.
    SELECT
      '{"v":1,"t":"users","o":"delete","d":[' || nullif(concat_ws(',',
        -- dashboard by user_id
        -- report by user_id
        -- user_profile by user_id
        concat_ws(
          users.id::uuid::text,
          '["dashboard",["user_id"],["',
          '"]],["report",["user_id"],["',
          '"]],["user_profile",["user_id"],["',
          '"]]'
        ),
        -- overview, as a whole
        '["overview","unbound"]'
      ), '') || ']}'
    FROM old_rows AS users
    INTO STRICT stalemate_message;
  EXCEPTION WHEN OTHERS THEN
    IF NOT EXISTS (SELECT FROM old_rows) THEN
      RETURN NULL;
    END IF;
    DECLARE
      stalemate_targets text;
      stalemate_large bigint;
      stalemate_sample bigint;
    BEGIN
      stalemate_large := CASE WHEN EXISTS (SELECT FROM old_rows OFFSET 4506) THEN 1502 END;
      stalemate_sample := stalemate_large;
      <<samples>>
      LOOP
        SELECT
          concat_ws(',',
            -- dashboard by user_id
            -- report by user_id
            -- user_profile by user_id
            (
              WITH found AS (
                SELECT DISTINCT users.id AS v1
                FROM (SELECT * FROM old_rows LIMIT (SELECT stalemate_sample)) AS users
                WHERE users.id IS NOT NULL
                LIMIT 1001
              )
              SELECT CASE
                WHEN (SELECT count(*) FROM found) > 1000 THEN '["dashboard","max-keys"],["report","max-keys"],["user_profile","max-keys"]'
                ELSE (
                  SELECT '["dashboard",["user_id"],[' || string_agg(key, ',')
                    || ']],["report",["user_id"],[' || string_agg(key, ',')
                    || ']],["user_profile",["user_id"],[' || string_agg(key, ',')
                    || ']]'
                  FROM (SELECT '"' || v1::uuid::text || '"' COLLATE "C" AS key FROM found ORDER BY v1) AS keys
                )
              END
            ),
            -- overview, as a whole
            (
              SELECT '["overview","unbound"]'
              WHERE EXISTS (SELECT FROM (SELECT * FROM old_rows LIMIT (SELECT stalemate_sample)) AS users)
            )
          )
        INTO stalemate_targets;
        EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["dashboard","max-keys"],["report","max-keys"],["user_profile","max-keys"],["overview","unbound"]';
        stalemate_sample := NULL;
      END LOOP;
      IF stalemate_targets <> '' THEN
        stalemate_message := '{"v":1,"t":"users","o":"delete","d":[' || stalemate_targets || ']}';
        stalemate_message := CASE WHEN octet_length(stalemate_message) < 1048576 THEN stalemate_message ELSE '{"v":1,"t":"users","o":"delete","d":[["dashboard","too-long"],["overview","too-long"],["report","too-long"],["user_profile","too-long"]]}' END;
      END IF;
    EXCEPTION WHEN OTHERS THEN
      -- A condition or a column raised.
      stalemate_message := '{"v":1,"t":"users","o":"delete","d":[["dashboard","error"],["report","error"],["user_profile","error"],["overview","error"]]}';
    END;
  END;
  IF stalemate_message IS NOT NULL THEN
    -- An assignment spares the query that PERFORM would be.
    stalemate_message := stalemate.outbox_v1(
      'stalemate.stalemate_callcentre',
      'stalemate_callcentre',
      stalemate_message
    );
  END IF;
  RETURN NULL;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.callcentre__users_delete() IS 'stalemate, ruleset callcentre: delete of users makes entries wrong in: dashboard, overview, report, user_profile';
REVOKE ALL ON FUNCTION stalemate.callcentre__users_delete() FROM PUBLIC;
CREATE TRIGGER stalemate_callcentre_delete
  AFTER DELETE ON public.users REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION stalemate.callcentre__users_delete();
COMMENT ON TRIGGER stalemate_callcentre_delete ON public.users IS 'stalemate, ruleset callcentre: delete of users; the comment of its function says what for';

CREATE FUNCTION stalemate.callcentre__users_truncate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $stalemate$
BEGIN
  PERFORM stalemate.outbox_v1(
    'stalemate.stalemate_callcentre',
    'stalemate_callcentre',
    '{"v":1,"t":"users","o":"truncate","d":[["dashboard","truncate"],["overview","truncate"],["report","truncate"],["user_profile","truncate"]]}'
  );
  RETURN NULL;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.callcentre__users_truncate() IS 'stalemate, ruleset callcentre: truncate of users makes entries wrong in: dashboard, overview, report, user_profile';
REVOKE ALL ON FUNCTION stalemate.callcentre__users_truncate() FROM PUBLIC;
CREATE TRIGGER stalemate_callcentre_truncate
  AFTER TRUNCATE ON public.users
  FOR EACH STATEMENT EXECUTE FUNCTION stalemate.callcentre__users_truncate();
COMMENT ON TRIGGER stalemate_callcentre_truncate ON public.users IS 'stalemate, ruleset callcentre: truncate of users; the comment of its function says what for';

-- What is written straight to a partition, or to a table that inherits, fires only triggers of its own.
SELECT stalemate.cover_v1('public.agents');
SELECT stalemate.cover_v1('public.calls');
SELECT stalemate.cover_v1('public.leads');
SELECT stalemate.cover_v1('public.users');

-- No runtime can be told: there was no feed, or there is none any more.
