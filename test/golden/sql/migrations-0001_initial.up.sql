-- Made by `stalemate compile` (stalemate 0.1.0) of rules/a.yaml, rules/b.yaml.
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

CREATE OR REPLACE FUNCTION stalemate.emit_v1(channel text, head text, targets text) RETURNS void
LANGUAGE plpgsql
AS $stalemate$
-- head is the beginning of a message, targets is JSON to stand between it and the closing brackets.
DECLARE
  room CONSTANT int := 7900 - octet_length(head) - octet_length(']}');
  target json;
  width int;
  opening text;
  keys text[];
  key text;
  closing text;
  opened boolean;
  message text := '';
BEGIN
  IF octet_length(targets) < room THEN
    PERFORM pg_notify(channel, head || targets || ']}');
    RETURN;
  END IF;
  -- Too much for one message. Bytes count, not characters.
  FOR target IN SELECT value FROM json_array_elements(('[' || targets || ']')::json) LOOP
    -- How many values a key, or a link, has.
    width := CASE json_typeof(target -> 1)
      WHEN 'array' THEN json_array_length(target -> 1)
      WHEN 'object' THEN (target -> 1 ->> 'n')::int
    END;
    IF width IS NOT NULL THEN
      opening := '[' || (target -> 0) || ',' || (target -> 1) || ',[';
      closing := ']]';
      keys := ARRAY(
        SELECT string_agg(v.value::text, ',' ORDER BY v.number)
        FROM json_array_elements(target -> 2) WITH ORDINALITY AS v(value, number)
        GROUP BY (v.number - 1) / width
      );
      IF EXISTS (
        SELECT FROM unnest(keys) AS k WHERE octet_length(opening) + octet_length(k) + octet_length(closing) >= room
      ) THEN
        target := json_build_array(target -> 0, 'too-long');
      END IF;
    END IF;
    IF json_typeof(target -> 1) = 'string' THEN
      opening := target;
      closing := '';
      keys := ARRAY[''];
    END IF;
    opened := false;
    FOREACH key IN ARRAY keys LOOP
      IF octet_length(message) + octet_length(',') + octet_length(opening) + octet_length(key)
         + octet_length(closing) >= room THEN
        PERFORM pg_notify(channel, head || message || CASE WHEN opened THEN closing ELSE '' END || ']}');
        message := '';
        opened := false;
      END IF;
      message := message || CASE WHEN opened OR message <> '' THEN ',' ELSE '' END
        || CASE WHEN opened THEN '' ELSE opening END || key;
      opened := true;
    END LOOP;
    message := message || closing;
  END LOOP;
  PERFORM pg_notify(channel, head || message || ']}');
END
$stalemate$;
COMMENT ON FUNCTION stalemate.emit_v1(text, text, text) IS 'stalemate, for all rulesets: sends the targets of a change on a channel, in as many messages as they need';
REVOKE ALL ON FUNCTION stalemate.emit_v1(text, text, text) FROM PUBLIC;

CREATE FUNCTION stalemate.callcentre__auth_users_truncate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $stalemate$
BEGIN
  PERFORM stalemate.emit_v1(
    'stalemate_callcentre',
    '{"v":1,"t":"auth.users","o":"truncate","d":[',
    '["report","truncate"]'
  );
  RETURN NULL;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.callcentre__auth_users_truncate() IS 'stalemate, ruleset callcentre: truncate of auth.users makes entries wrong in: report';
REVOKE ALL ON FUNCTION stalemate.callcentre__auth_users_truncate() FROM PUBLIC;
CREATE TRIGGER stalemate_callcentre_truncate
  AFTER TRUNCATE ON auth.users
  FOR EACH STATEMENT EXECUTE FUNCTION stalemate.callcentre__auth_users_truncate();
COMMENT ON TRIGGER stalemate_callcentre_truncate ON auth.users IS 'stalemate, ruleset callcentre: truncate of auth.users; the comment of its function says what for';

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
      nullif(concat_ws(',',
        -- dashboard by user_id
        CASE WHEN (status <> 'ringing') THEN concat_ws(
          calls.user_id::uuid::text,
          '["dashboard",["user_id"],["',
          '"]]'
        ) END,
        -- report by user_id, day
        concat_ws(
          CASE WHEN calls.user_id IS NOT NULL AND (to_json(calls.day) #>> '{}') IS NOT NULL THEN concat('"', calls.user_id::uuid, '",', to_json((to_json(calls.day) #>> '{}'))) END::text,
          '["report",["user_id","day"],[',
          ']]'
        )
      ), '')
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
                CASE WHEN stalemate_doubt THEN '["dashboard","error"]' ELSE
                  -- dashboard by user_id
                  (
                    WITH found AS (
                      SELECT DISTINCT calls.user_id AS v1
                      FROM (SELECT * FROM new_rows LIMIT (SELECT stalemate_sample)) AS calls
                      WHERE CASE WHEN stalemate_doubt THEN true ELSE (status <> 'ringing') END
                        AND calls.user_id IS NOT NULL
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
                  )
                END,
                -- report by user_id, day
                (
                  WITH found AS (
                    SELECT DISTINCT calls.user_id AS v1, calls.day AS v2
                    FROM (SELECT * FROM new_rows LIMIT (SELECT stalemate_sample)) AS calls
                    WHERE calls.user_id IS NOT NULL
                      AND calls.day IS NOT NULL
                    LIMIT 1001
                  )
                  SELECT CASE
                    WHEN (SELECT count(*) FROM found) > 1000 THEN '["report","max-keys"]'
                    ELSE (
                      SELECT '["report",["user_id","day"],[' || string_agg(key, ',')
                        || ']]'
                      FROM (SELECT '"' || v1::uuid::text || '"' || ',' || to_json((to_json(v2) #>> '{}'))::text COLLATE "C" AS key FROM found ORDER BY v1, v2) AS keys
                    )
                  END
                )
              )
            INTO stalemate_targets;
            EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["dashboard","max-keys"],["report","max-keys"]';
            stalemate_sample := NULL;
          END LOOP;
          IF stalemate_targets <> '' THEN
            stalemate_message := stalemate_targets;
          END IF;
          EXIT;
        EXCEPTION WHEN OTHERS THEN
          -- A condition or a column raised. What needs no condition may be told exactly.
          IF stalemate_doubt THEN
            stalemate_message := '["dashboard","error"],["report","error"]';
            EXIT;
          END IF;
          stalemate_doubt := true;
        END;
      END LOOP;
    END;
  END;
  IF stalemate_message IS NOT NULL THEN
    -- An assignment spares the query that PERFORM would be.
    stalemate_message := stalemate.emit_v1(
      'stalemate_callcentre',
      '{"v":1,"t":"calls","o":"insert","d":[',
      stalemate_message
    );
  END IF;
  RETURN NULL;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.callcentre__calls_insert() IS 'stalemate, ruleset callcentre: insert of calls makes entries wrong in: dashboard, report';
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
      -- dashboard by user_id
      CASE WHEN ROW(o.c1, o.c2)::record *<> ROW(n.c1, n.c2)::record AND (o.when_1 OR n.when_1) THEN concat_ws(
        nullif(concat_ws('","', o.c2::uuid, nullif(n.c2::uuid, o.c2::uuid)), ''),
        '["dashboard",["user_id"],["',
        '"]]'
      ) END
    FROM (
      SELECT
        calls.status AS c1,
        calls.user_id AS c2,
        (status <> 'ringing') AS when_1
      FROM old_rows AS calls
    ) AS o,
    (
      SELECT
        calls.status AS c1,
        calls.user_id AS c2,
        (status <> 'ringing') AS when_1
      FROM new_rows AS calls
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
              o.c2 AS old_1, n.c2 AS new_1
            FROM (
              SELECT
                row_number() OVER () AS place,
                calls.status AS c1,
                calls.user_id AS c2,
                (status <> 'ringing') AS when_1
              FROM old_rows AS calls
              LIMIT (SELECT stalemate_sample)
            ) AS o
            FULL JOIN (
              SELECT
                row_number() OVER () AS place,
                calls.status AS c1,
                calls.user_id AS c2,
                (status <> 'ringing') AS when_1
              FROM new_rows AS calls
              LIMIT (SELECT stalemate_sample)
            ) AS n ON n.place = o.place
            -- A BEFORE trigger can swallow a row that moves to another partition: then every row counts. A sample need not
            -- know: it is taken for enough only if it has all keys that there are.
            CROSS JOIN (
              SELECT stalemate_sample IS NULL AND (SELECT count(*) FROM old_rows) <> (SELECT count(*) FROM new_rows) AS unpaired
            ) AS u
            WHERE u.unpaired
              OR ROW(o.c1, o.c2)::record *<> ROW(n.c1, n.c2)::record AND (o.when_1 OR n.when_1)
          )
        SELECT
          -- dashboard by user_id
          (
            WITH found AS (
              SELECT old_1 AS v1
              FROM pairs
              WHERE old_1 IS NOT NULL
              UNION
              SELECT new_1 AS v1
              FROM pairs
              WHERE new_1 IS DISTINCT FROM old_1
                AND new_1 IS NOT NULL
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
          )
        INTO stalemate_targets;
        EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["dashboard","max-keys"]';
        stalemate_reach := stalemate_sample * 3;
        WHILE stalemate_targets = (
          SELECT
            -- dashboard by user_id
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
                WHEN (SELECT count(*) FROM found) > 1000 THEN '["dashboard","max-keys"]'
                ELSE (
                  SELECT '["dashboard",["user_id"],[' || string_agg(key, ',')
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
        stalemate_message := stalemate_targets;
      END IF;
    EXCEPTION WHEN OTHERS THEN
      -- A condition or a column raised.
      stalemate_message := '["dashboard","error"]';
    END;
  END;
  IF stalemate_message IS NOT NULL THEN
    -- An assignment spares the query that PERFORM would be.
    stalemate_message := stalemate.emit_v1(
      'stalemate_callcentre',
      '{"v":1,"t":"calls","o":"update","d":[',
      stalemate_message
    );
  END IF;
  RETURN NULL;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.callcentre__calls_update() IS 'stalemate, ruleset callcentre: update of calls makes entries wrong in: dashboard';
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
      -- dashboard by user_id
      CASE WHEN (status <> 'ringing') THEN concat_ws(
        calls.user_id::uuid::text,
        '["dashboard",["user_id"],["',
        '"]]'
      ) END
    FROM old_rows AS calls
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
          -- dashboard by user_id
          (
            WITH found AS (
              SELECT DISTINCT calls.user_id AS v1
              FROM (SELECT * FROM old_rows LIMIT (SELECT stalemate_sample)) AS calls
              WHERE (status <> 'ringing')
                AND calls.user_id IS NOT NULL
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
          )
        INTO stalemate_targets;
        EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["dashboard","max-keys"]';
        stalemate_sample := NULL;
      END LOOP;
      IF stalemate_targets <> '' THEN
        stalemate_message := stalemate_targets;
      END IF;
    EXCEPTION WHEN OTHERS THEN
      -- A condition or a column raised.
      stalemate_message := '["dashboard","error"]';
    END;
  END;
  IF stalemate_message IS NOT NULL THEN
    -- An assignment spares the query that PERFORM would be.
    stalemate_message := stalemate.emit_v1(
      'stalemate_callcentre',
      '{"v":1,"t":"calls","o":"delete","d":[',
      stalemate_message
    );
  END IF;
  RETURN NULL;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.callcentre__calls_delete() IS 'stalemate, ruleset callcentre: delete of calls makes entries wrong in: dashboard';
REVOKE ALL ON FUNCTION stalemate.callcentre__calls_delete() FROM PUBLIC;
CREATE TRIGGER stalemate_callcentre_delete
  AFTER DELETE ON public.calls REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION stalemate.callcentre__calls_delete();
COMMENT ON TRIGGER stalemate_callcentre_delete ON public.calls IS 'stalemate, ruleset callcentre: delete of calls; the comment of its function says what for';

CREATE FUNCTION stalemate.callcentre__calls_truncate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $stalemate$
BEGIN
  PERFORM stalemate.emit_v1(
    'stalemate_callcentre',
    '{"v":1,"t":"calls","o":"truncate","d":[',
    '["dashboard","truncate"]'
  );
  RETURN NULL;
END
$stalemate$;
COMMENT ON FUNCTION stalemate.callcentre__calls_truncate() IS 'stalemate, ruleset callcentre: truncate of calls makes entries wrong in: dashboard';
REVOKE ALL ON FUNCTION stalemate.callcentre__calls_truncate() FROM PUBLIC;
CREATE TRIGGER stalemate_callcentre_truncate
  AFTER TRUNCATE ON public.calls
  FOR EACH STATEMENT EXECUTE FUNCTION stalemate.callcentre__calls_truncate();
COMMENT ON TRIGGER stalemate_callcentre_truncate ON public.calls IS 'stalemate, ruleset callcentre: truncate of calls; the comment of its function says what for';

-- What is written straight to a partition, or to a table that inherits, fires only triggers of its own.
SELECT stalemate.cover_v1('auth.users');
SELECT stalemate.cover_v1('public.calls');

-- The runtimes look at once what is installed now.
SELECT pg_catalog.pg_notify('stalemate_callcentre', '{"v":1,"c":"plan","n":"0001_initial","d":[]}');
