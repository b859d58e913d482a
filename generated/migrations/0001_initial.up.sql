-- Made by `stalemate compile` (stalemate 0.1.0) of agents.yaml, callcentre.yaml, calls.yaml, leads.yaml, users.yaml.
-- Do not edit: change the rules and compile again.

CREATE SCHEMA IF NOT EXISTS stalemate;
COMMENT ON SCHEMA stalemate IS 'stalemate: triggers that say which cached values a change made wrong';

CREATE TABLE IF NOT EXISTS stalemate.epochs (
  ruleset text NOT NULL,
  cache text NOT NULL,
  epoch bigint NOT NULL,
  reason text NOT NULL,
  raised_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
  PRIMARY KEY (ruleset, cache)
);
COMMENT ON TABLE stalemate.epochs IS 'stalemate, for all rulesets: entries of before the last emergency clear are of an older epoch; an empty cache means all';

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

CREATE FUNCTION stalemate.callcentre__agents_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $stalemate$
#variable_conflict use_column
DECLARE
  stalemate_rows bigint;
  stalemate_sample bigint;
  stalemate_targets text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row.
    SELECT count(*), min(targets COLLATE "C")
    FROM (
      SELECT concat_ws(',',
        -- agent_leads by agent_id
        '["agent_leads",["agent_id"],[' || to_json(agents.id::text)::text COLLATE "C" || ']]',
        -- agent_performance by agent_id
        '["agent_performance",["agent_id"],[' || to_json(agents.id::text)::text COLLATE "C" || ']]',
        -- dashboard by user_id
        '["dashboard",["user_id"],[' || to_json(agents.user_id::text)::text COLLATE "C" || ']]',
        -- overview, as a whole
        '["overview","unbound"]',
        -- user_profile by user_id
        CASE WHEN (active) THEN '["user_profile",["user_id"],[' || to_json(agents.user_id::text)::text COLLATE "C" || ']]' END
      ) AS targets
      FROM new_rows AS agents
      LIMIT 2
    ) AS found
    INTO stalemate_rows, stalemate_targets;
    IF stalemate_rows > 1 THEN
      SELECT count(*)
      FROM (SELECT FROM new_rows LIMIT 4005) AS counted
      INTO stalemate_rows;
      IF stalemate_rows > 0 THEN
        IF stalemate_rows > 4004 THEN
          stalemate_sample := 1001;
        END IF;
        LOOP
          SELECT concat_ws(',',
            -- agent_leads by agent_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["agent_leads","max-keys"]'
                WHEN count(*) > 0 THEN '["agent_leads",["agent_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json(agents.id::text)::text COLLATE "C" AS key
                FROM (SELECT * FROM new_rows LIMIT stalemate_sample) AS agents
                WHERE agents.id IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- agent_performance by agent_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["agent_performance","max-keys"]'
                WHEN count(*) > 0 THEN '["agent_performance",["agent_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json(agents.id::text)::text COLLATE "C" AS key
                FROM (SELECT * FROM new_rows LIMIT stalemate_sample) AS agents
                WHERE agents.id IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- dashboard by user_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["dashboard","max-keys"]'
                WHEN count(*) > 0 THEN '["dashboard",["user_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json(agents.user_id::text)::text COLLATE "C" AS key
                FROM (SELECT * FROM new_rows LIMIT stalemate_sample) AS agents
                WHERE agents.user_id IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- overview, as a whole
            (
              SELECT '["overview","unbound"]'
              WHERE EXISTS (SELECT FROM (SELECT * FROM new_rows LIMIT stalemate_sample) AS agents)
            ),
            -- user_profile by user_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["user_profile","max-keys"]'
                WHEN count(*) > 0 THEN '["user_profile",["user_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json(agents.user_id::text)::text COLLATE "C" AS key
                FROM (SELECT * FROM new_rows LIMIT stalemate_sample) AS agents
                WHERE (active)
                  AND agents.user_id IS NOT NULL
                LIMIT 1001
              ) AS keys
            )
          )
          INTO stalemate_targets;
          EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["agent_leads","max-keys"],["agent_performance","max-keys"],["dashboard","max-keys"],["overview","unbound"],["user_profile","max-keys"]';
          stalemate_sample := NULL;
        END LOOP;
      END IF;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    -- A condition or a column raised: what it would have said is not known, so all of it may be wrong.
    IF NOT EXISTS (SELECT FROM new_rows) THEN
      RETURN NULL;
    END IF;
    stalemate_targets := '["agent_leads","error"],["agent_performance","error"],["dashboard","error"],["overview","error"],["user_profile","error"]';
  END;
  IF stalemate_targets <> '' THEN
    PERFORM stalemate.emit_v1(
      'stalemate_callcentre',
      '{"v":1,"t":"agents","o":"insert","d":[',
      stalemate_targets
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
  stalemate_rows bigint;
  stalemate_sample bigint;
  stalemate_targets text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row.
    SELECT count(*), min(targets COLLATE "C")
    FROM (
      SELECT concat_ws(',',
        -- agent_leads by agent_id
        CASE WHEN ROW(o.c2, o.c3)::record *<> ROW(n.c2, n.c3)::record THEN '["agent_leads",["agent_id"],[' || nullif(concat_ws(',', to_json(o.c2::text)::text COLLATE "C", nullif(to_json(n.c2::text)::text COLLATE "C", to_json(o.c2::text)::text COLLATE "C")), '') || ']]' END,
        -- agent_performance by agent_id
        CASE WHEN ROW(o.c2, o.c3)::record *<> ROW(n.c2, n.c3)::record THEN '["agent_performance",["agent_id"],[' || nullif(concat_ws(',', to_json(o.c2::text)::text COLLATE "C", nullif(to_json(n.c2::text)::text COLLATE "C", to_json(o.c2::text)::text COLLATE "C")), '') || ']]' END,
        -- dashboard by user_id
        CASE WHEN ROW(o.c2, o.c4)::record *<> ROW(n.c2, n.c4)::record THEN '["dashboard",["user_id"],[' || nullif(concat_ws(',', to_json(o.c4::text)::text COLLATE "C", nullif(to_json(n.c4::text)::text COLLATE "C", to_json(o.c4::text)::text COLLATE "C")), '') || ']]' END,
        -- user_profile by user_id
        CASE WHEN ROW(o.c1, o.c4)::record *<> ROW(n.c1, n.c4)::record AND (o.when_4 OR n.when_4) THEN '["user_profile",["user_id"],[' || nullif(concat_ws(',', to_json(o.c4::text)::text COLLATE "C", nullif(to_json(n.c4::text)::text COLLATE "C", to_json(o.c4::text)::text COLLATE "C")), '') || ']]' END
      ) AS targets
      FROM (
        SELECT
          agents.active AS c1,
          agents.id AS c2,
          agents.name AS c3,
          agents.user_id AS c4,
          (active) AS when_4
        FROM old_rows AS agents
      ) AS o,
      (
        SELECT
          agents.active AS c1,
          agents.id AS c2,
          agents.name AS c3,
          agents.user_id AS c4,
          (active) AS when_4
        FROM new_rows AS agents
      ) AS n
      LIMIT 2
    ) AS found
    INTO stalemate_rows, stalemate_targets;
    IF stalemate_rows <> 1 THEN
      SELECT count(*)
      FROM (SELECT FROM old_rows LIMIT 4005) AS counted
      INTO stalemate_rows;
      IF stalemate_rows > 0 THEN
        IF stalemate_rows > 4004 THEN
          stalemate_sample := 1001;
        END IF;
        LOOP
          WITH
            -- The versions of a row have the same place in both tables.
            pairs AS (
              SELECT
                o.c2::text COLLATE "C" AS old_1, n.c2::text COLLATE "C" AS new_1,
                o.c4::text COLLATE "C" AS old_2, n.c4::text COLLATE "C" AS new_2,
                u.unpaired,
                ROW(o.c2, o.c3)::record *<> ROW(n.c2, n.c3)::record AS hit_1,
                ROW(o.c2, o.c4)::record *<> ROW(n.c2, n.c4)::record AS hit_2,
                ROW(o.c1, o.c4)::record *<> ROW(n.c1, n.c4)::record AND (o.when_4 OR n.when_4) AS hit_3
              FROM (
                SELECT
                  row_number() OVER () AS place,
                  agents.active AS c1,
                  agents.id AS c2,
                  agents.name AS c3,
                  agents.user_id AS c4,
                  (active) AS when_4
                FROM old_rows AS agents
                LIMIT stalemate_sample
              ) AS o
              FULL JOIN (
                SELECT
                  row_number() OVER () AS place,
                  agents.active AS c1,
                  agents.id AS c2,
                  agents.name AS c3,
                  agents.user_id AS c4,
                  (active) AS when_4
                FROM new_rows AS agents
                LIMIT stalemate_sample
              ) AS n ON n.place = o.place
              -- A BEFORE trigger can swallow a row that moves to another partition: then every row counts.
              CROSS JOIN (
                SELECT (SELECT count(*) FROM old_rows) <> (SELECT count(*) FROM new_rows) AS unpaired
              ) AS u
              WHERE u.unpaired
                OR ROW(o.c2, o.c3)::record *<> ROW(n.c2, n.c3)::record
                  OR ROW(o.c2, o.c4)::record *<> ROW(n.c2, n.c4)::record
                  OR ROW(o.c1, o.c4)::record *<> ROW(n.c1, n.c4)::record AND (o.when_4 OR n.when_4)
            )
          SELECT concat_ws(',',
            -- agent_leads by agent_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["agent_leads","max-keys"]'
                WHEN count(*) > 0 THEN '["agent_leads",["agent_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT to_json(old_1)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_1)
                  AND old_1 IS NOT NULL
                UNION
                SELECT to_json(new_1)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_1)
                  AND new_1 IS DISTINCT FROM old_1
                  AND new_1 IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- agent_performance by agent_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["agent_performance","max-keys"]'
                WHEN count(*) > 0 THEN '["agent_performance",["agent_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT to_json(old_1)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_1)
                  AND old_1 IS NOT NULL
                UNION
                SELECT to_json(new_1)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_1)
                  AND new_1 IS DISTINCT FROM old_1
                  AND new_1 IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- dashboard by user_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["dashboard","max-keys"]'
                WHEN count(*) > 0 THEN '["dashboard",["user_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT to_json(old_2)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_2)
                  AND old_2 IS NOT NULL
                UNION
                SELECT to_json(new_2)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_2)
                  AND new_2 IS DISTINCT FROM old_2
                  AND new_2 IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- user_profile by user_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["user_profile","max-keys"]'
                WHEN count(*) > 0 THEN '["user_profile",["user_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT to_json(old_2)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_3)
                  AND old_2 IS NOT NULL
                UNION
                SELECT to_json(new_2)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_3)
                  AND new_2 IS DISTINCT FROM old_2
                  AND new_2 IS NOT NULL
                LIMIT 1001
              ) AS keys
            )
          )
          INTO stalemate_targets;
          EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["agent_leads","max-keys"],["agent_performance","max-keys"],["dashboard","max-keys"],["user_profile","max-keys"]';
          stalemate_sample := NULL;
        END LOOP;
      END IF;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    -- A condition or a column raised: what it would have said is not known, so all of it may be wrong.
    IF NOT EXISTS (SELECT FROM old_rows) THEN
      RETURN NULL;
    END IF;
    stalemate_targets := '["agent_leads","error"],["agent_performance","error"],["dashboard","error"],["user_profile","error"]';
  END;
  IF stalemate_targets <> '' THEN
    PERFORM stalemate.emit_v1(
      'stalemate_callcentre',
      '{"v":1,"t":"agents","o":"update","d":[',
      stalemate_targets
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
  stalemate_rows bigint;
  stalemate_sample bigint;
  stalemate_targets text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row.
    SELECT count(*), min(targets COLLATE "C")
    FROM (
      SELECT concat_ws(',',
        -- agent_leads by agent_id
        '["agent_leads",["agent_id"],[' || to_json(agents.id::text)::text COLLATE "C" || ']]',
        -- agent_performance by agent_id
        '["agent_performance",["agent_id"],[' || to_json(agents.id::text)::text COLLATE "C" || ']]',
        -- dashboard by user_id
        '["dashboard",["user_id"],[' || to_json(agents.user_id::text)::text COLLATE "C" || ']]',
        -- overview, as a whole
        '["overview","unbound"]',
        -- user_profile by user_id
        CASE WHEN (active) THEN '["user_profile",["user_id"],[' || to_json(agents.user_id::text)::text COLLATE "C" || ']]' END
      ) AS targets
      FROM old_rows AS agents
      LIMIT 2
    ) AS found
    INTO stalemate_rows, stalemate_targets;
    IF stalemate_rows > 1 THEN
      SELECT count(*)
      FROM (SELECT FROM old_rows LIMIT 4005) AS counted
      INTO stalemate_rows;
      IF stalemate_rows > 0 THEN
        IF stalemate_rows > 4004 THEN
          stalemate_sample := 1001;
        END IF;
        LOOP
          SELECT concat_ws(',',
            -- agent_leads by agent_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["agent_leads","max-keys"]'
                WHEN count(*) > 0 THEN '["agent_leads",["agent_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json(agents.id::text)::text COLLATE "C" AS key
                FROM (SELECT * FROM old_rows LIMIT stalemate_sample) AS agents
                WHERE agents.id IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- agent_performance by agent_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["agent_performance","max-keys"]'
                WHEN count(*) > 0 THEN '["agent_performance",["agent_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json(agents.id::text)::text COLLATE "C" AS key
                FROM (SELECT * FROM old_rows LIMIT stalemate_sample) AS agents
                WHERE agents.id IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- dashboard by user_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["dashboard","max-keys"]'
                WHEN count(*) > 0 THEN '["dashboard",["user_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json(agents.user_id::text)::text COLLATE "C" AS key
                FROM (SELECT * FROM old_rows LIMIT stalemate_sample) AS agents
                WHERE agents.user_id IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- overview, as a whole
            (
              SELECT '["overview","unbound"]'
              WHERE EXISTS (SELECT FROM (SELECT * FROM old_rows LIMIT stalemate_sample) AS agents)
            ),
            -- user_profile by user_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["user_profile","max-keys"]'
                WHEN count(*) > 0 THEN '["user_profile",["user_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json(agents.user_id::text)::text COLLATE "C" AS key
                FROM (SELECT * FROM old_rows LIMIT stalemate_sample) AS agents
                WHERE (active)
                  AND agents.user_id IS NOT NULL
                LIMIT 1001
              ) AS keys
            )
          )
          INTO stalemate_targets;
          EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["agent_leads","max-keys"],["agent_performance","max-keys"],["dashboard","max-keys"],["overview","unbound"],["user_profile","max-keys"]';
          stalemate_sample := NULL;
        END LOOP;
      END IF;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    -- A condition or a column raised: what it would have said is not known, so all of it may be wrong.
    IF NOT EXISTS (SELECT FROM old_rows) THEN
      RETURN NULL;
    END IF;
    stalemate_targets := '["agent_leads","error"],["agent_performance","error"],["dashboard","error"],["overview","error"],["user_profile","error"]';
  END;
  IF stalemate_targets <> '' THEN
    PERFORM stalemate.emit_v1(
      'stalemate_callcentre',
      '{"v":1,"t":"agents","o":"delete","d":[',
      stalemate_targets
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
  PERFORM stalemate.emit_v1(
    'stalemate_callcentre',
    '{"v":1,"t":"agents","o":"truncate","d":[',
    '["agent_leads","truncate"],["agent_performance","truncate"],["dashboard","truncate"],["overview","truncate"],["user_profile","truncate"]'
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
  stalemate_rows bigint;
  stalemate_sample bigint;
  stalemate_targets text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row.
    SELECT count(*), min(targets COLLATE "C")
    FROM (
      SELECT concat_ws(',',
        -- agent_performance by agent_id
        CASE WHEN (status = 'completed') THEN '["agent_performance",["agent_id"],[' || to_json(calls.agent_id::text)::text COLLATE "C" || ']]' END,
        -- dashboard by user_id
        '["dashboard",["user_id"],[' || to_json(calls.user_id::text)::text COLLATE "C" || ']]',
        -- overview, as a whole
        '["overview","unbound"]',
        -- report by user_id
        '["report",["user_id"],[' || to_json(calls.user_id::text)::text COLLATE "C" || ']]'
      ) AS targets
      FROM new_rows AS calls
      LIMIT 2
    ) AS found
    INTO stalemate_rows, stalemate_targets;
    IF stalemate_rows > 1 THEN
      SELECT count(*)
      FROM (SELECT FROM new_rows LIMIT 4005) AS counted
      INTO stalemate_rows;
      IF stalemate_rows > 0 THEN
        IF stalemate_rows > 4004 THEN
          stalemate_sample := 1001;
        END IF;
        LOOP
          SELECT concat_ws(',',
            -- agent_performance by agent_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["agent_performance","max-keys"]'
                WHEN count(*) > 0 THEN '["agent_performance",["agent_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json(calls.agent_id::text)::text COLLATE "C" AS key
                FROM (SELECT * FROM new_rows LIMIT stalemate_sample) AS calls
                WHERE (status = 'completed')
                  AND calls.agent_id IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- dashboard by user_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["dashboard","max-keys"]'
                WHEN count(*) > 0 THEN '["dashboard",["user_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json(calls.user_id::text)::text COLLATE "C" AS key
                FROM (SELECT * FROM new_rows LIMIT stalemate_sample) AS calls
                WHERE calls.user_id IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- overview, as a whole
            (
              SELECT '["overview","unbound"]'
              WHERE EXISTS (SELECT FROM (SELECT * FROM new_rows LIMIT stalemate_sample) AS calls)
            ),
            -- report by user_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["report","max-keys"]'
                WHEN count(*) > 0 THEN '["report",["user_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json(calls.user_id::text)::text COLLATE "C" AS key
                FROM (SELECT * FROM new_rows LIMIT stalemate_sample) AS calls
                WHERE calls.user_id IS NOT NULL
                LIMIT 1001
              ) AS keys
            )
          )
          INTO stalemate_targets;
          EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["agent_performance","max-keys"],["dashboard","max-keys"],["overview","unbound"],["report","max-keys"]';
          stalemate_sample := NULL;
        END LOOP;
      END IF;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    -- A condition or a column raised: what it would have said is not known, so all of it may be wrong.
    IF NOT EXISTS (SELECT FROM new_rows) THEN
      RETURN NULL;
    END IF;
    stalemate_targets := '["agent_performance","error"],["dashboard","error"],["overview","error"],["report","error"]';
  END;
  IF stalemate_targets <> '' THEN
    PERFORM stalemate.emit_v1(
      'stalemate_callcentre',
      '{"v":1,"t":"calls","o":"insert","d":[',
      stalemate_targets
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
  stalemate_rows bigint;
  stalemate_sample bigint;
  stalemate_targets text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row.
    SELECT count(*), min(targets COLLATE "C")
    FROM (
      SELECT concat_ws(',',
        -- agent_performance by agent_id
        CASE WHEN ROW(o.c1, o.c2, o.c4)::record *<> ROW(n.c1, n.c2, n.c4)::record AND (o.when_1 OR n.when_1) THEN '["agent_performance",["agent_id"],[' || nullif(concat_ws(',', to_json(o.c1::text)::text COLLATE "C", nullif(to_json(n.c1::text)::text COLLATE "C", to_json(o.c1::text)::text COLLATE "C")), '') || ']]' END,
        -- dashboard by user_id
        CASE WHEN ROW(o.c2, o.c4, o.c5)::record *<> ROW(n.c2, n.c4, n.c5)::record THEN '["dashboard",["user_id"],[' || nullif(concat_ws(',', to_json(o.c5::text)::text COLLATE "C", nullif(to_json(n.c5::text)::text COLLATE "C", to_json(o.c5::text)::text COLLATE "C")), '') || ']]' END,
        -- overview, as a whole
        CASE WHEN ROW(o.c4)::record *<> ROW(n.c4)::record THEN '["overview","unbound"]' END,
        -- report by user_id
        CASE WHEN ROW(o.c2, o.c3, o.c4, o.c5)::record *<> ROW(n.c2, n.c3, n.c4, n.c5)::record THEN '["report",["user_id"],[' || nullif(concat_ws(',', to_json(o.c5::text)::text COLLATE "C", nullif(to_json(n.c5::text)::text COLLATE "C", to_json(o.c5::text)::text COLLATE "C")), '') || ']]' END
      ) AS targets
      FROM (
        SELECT
          calls.agent_id AS c1,
          calls.duration AS c2,
          calls.started_at AS c3,
          calls.status AS c4,
          calls.user_id AS c5,
          (status = 'completed') AS when_1
        FROM old_rows AS calls
      ) AS o,
      (
        SELECT
          calls.agent_id AS c1,
          calls.duration AS c2,
          calls.started_at AS c3,
          calls.status AS c4,
          calls.user_id AS c5,
          (status = 'completed') AS when_1
        FROM new_rows AS calls
      ) AS n
      LIMIT 2
    ) AS found
    INTO stalemate_rows, stalemate_targets;
    IF stalemate_rows <> 1 THEN
      SELECT count(*)
      FROM (SELECT FROM old_rows LIMIT 4005) AS counted
      INTO stalemate_rows;
      IF stalemate_rows > 0 THEN
        IF stalemate_rows > 4004 THEN
          stalemate_sample := 1001;
        END IF;
        LOOP
          WITH
            -- The versions of a row have the same place in both tables.
            pairs AS (
              SELECT
                o.c1::text COLLATE "C" AS old_1, n.c1::text COLLATE "C" AS new_1,
                o.c5::text COLLATE "C" AS old_2, n.c5::text COLLATE "C" AS new_2,
                u.unpaired,
                ROW(o.c1, o.c2, o.c4)::record *<> ROW(n.c1, n.c2, n.c4)::record AND (o.when_1 OR n.when_1) AS hit_1,
                ROW(o.c2, o.c4, o.c5)::record *<> ROW(n.c2, n.c4, n.c5)::record AS hit_2,
                ROW(o.c4)::record *<> ROW(n.c4)::record AS hit_3,
                ROW(o.c2, o.c3, o.c4, o.c5)::record *<> ROW(n.c2, n.c3, n.c4, n.c5)::record AS hit_4
              FROM (
                SELECT
                  row_number() OVER () AS place,
                  calls.agent_id AS c1,
                  calls.duration AS c2,
                  calls.started_at AS c3,
                  calls.status AS c4,
                  calls.user_id AS c5,
                  (status = 'completed') AS when_1
                FROM old_rows AS calls
                LIMIT stalemate_sample
              ) AS o
              FULL JOIN (
                SELECT
                  row_number() OVER () AS place,
                  calls.agent_id AS c1,
                  calls.duration AS c2,
                  calls.started_at AS c3,
                  calls.status AS c4,
                  calls.user_id AS c5,
                  (status = 'completed') AS when_1
                FROM new_rows AS calls
                LIMIT stalemate_sample
              ) AS n ON n.place = o.place
              -- A BEFORE trigger can swallow a row that moves to another partition: then every row counts.
              CROSS JOIN (
                SELECT (SELECT count(*) FROM old_rows) <> (SELECT count(*) FROM new_rows) AS unpaired
              ) AS u
              WHERE u.unpaired
                OR ROW(o.c1, o.c2, o.c4)::record *<> ROW(n.c1, n.c2, n.c4)::record AND (o.when_1 OR n.when_1)
                  OR ROW(o.c2, o.c4, o.c5)::record *<> ROW(n.c2, n.c4, n.c5)::record
                  OR ROW(o.c4)::record *<> ROW(n.c4)::record
                  OR ROW(o.c2, o.c3, o.c4, o.c5)::record *<> ROW(n.c2, n.c3, n.c4, n.c5)::record
            )
          SELECT concat_ws(',',
            -- agent_performance by agent_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["agent_performance","max-keys"]'
                WHEN count(*) > 0 THEN '["agent_performance",["agent_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT to_json(old_1)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_1)
                  AND old_1 IS NOT NULL
                UNION
                SELECT to_json(new_1)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_1)
                  AND new_1 IS DISTINCT FROM old_1
                  AND new_1 IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- dashboard by user_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["dashboard","max-keys"]'
                WHEN count(*) > 0 THEN '["dashboard",["user_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT to_json(old_2)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_2)
                  AND old_2 IS NOT NULL
                UNION
                SELECT to_json(new_2)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_2)
                  AND new_2 IS DISTINCT FROM old_2
                  AND new_2 IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- overview, as a whole
            (
              SELECT '["overview","unbound"]'
              WHERE EXISTS (SELECT FROM pairs WHERE (unpaired OR hit_3))
            ),
            -- report by user_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["report","max-keys"]'
                WHEN count(*) > 0 THEN '["report",["user_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT to_json(old_2)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_4)
                  AND old_2 IS NOT NULL
                UNION
                SELECT to_json(new_2)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_4)
                  AND new_2 IS DISTINCT FROM old_2
                  AND new_2 IS NOT NULL
                LIMIT 1001
              ) AS keys
            )
          )
          INTO stalemate_targets;
          EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["agent_performance","max-keys"],["dashboard","max-keys"],["overview","unbound"],["report","max-keys"]';
          stalemate_sample := NULL;
        END LOOP;
      END IF;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    -- A condition or a column raised: what it would have said is not known, so all of it may be wrong.
    IF NOT EXISTS (SELECT FROM old_rows) THEN
      RETURN NULL;
    END IF;
    stalemate_targets := '["agent_performance","error"],["dashboard","error"],["overview","error"],["report","error"]';
  END;
  IF stalemate_targets <> '' THEN
    PERFORM stalemate.emit_v1(
      'stalemate_callcentre',
      '{"v":1,"t":"calls","o":"update","d":[',
      stalemate_targets
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
  stalemate_rows bigint;
  stalemate_sample bigint;
  stalemate_targets text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row.
    SELECT count(*), min(targets COLLATE "C")
    FROM (
      SELECT concat_ws(',',
        -- agent_performance by agent_id
        CASE WHEN (status = 'completed') THEN '["agent_performance",["agent_id"],[' || to_json(calls.agent_id::text)::text COLLATE "C" || ']]' END,
        -- dashboard by user_id
        '["dashboard",["user_id"],[' || to_json(calls.user_id::text)::text COLLATE "C" || ']]',
        -- overview, as a whole
        '["overview","unbound"]',
        -- report by user_id
        '["report",["user_id"],[' || to_json(calls.user_id::text)::text COLLATE "C" || ']]'
      ) AS targets
      FROM old_rows AS calls
      LIMIT 2
    ) AS found
    INTO stalemate_rows, stalemate_targets;
    IF stalemate_rows > 1 THEN
      SELECT count(*)
      FROM (SELECT FROM old_rows LIMIT 4005) AS counted
      INTO stalemate_rows;
      IF stalemate_rows > 0 THEN
        IF stalemate_rows > 4004 THEN
          stalemate_sample := 1001;
        END IF;
        LOOP
          SELECT concat_ws(',',
            -- agent_performance by agent_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["agent_performance","max-keys"]'
                WHEN count(*) > 0 THEN '["agent_performance",["agent_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json(calls.agent_id::text)::text COLLATE "C" AS key
                FROM (SELECT * FROM old_rows LIMIT stalemate_sample) AS calls
                WHERE (status = 'completed')
                  AND calls.agent_id IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- dashboard by user_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["dashboard","max-keys"]'
                WHEN count(*) > 0 THEN '["dashboard",["user_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json(calls.user_id::text)::text COLLATE "C" AS key
                FROM (SELECT * FROM old_rows LIMIT stalemate_sample) AS calls
                WHERE calls.user_id IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- overview, as a whole
            (
              SELECT '["overview","unbound"]'
              WHERE EXISTS (SELECT FROM (SELECT * FROM old_rows LIMIT stalemate_sample) AS calls)
            ),
            -- report by user_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["report","max-keys"]'
                WHEN count(*) > 0 THEN '["report",["user_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json(calls.user_id::text)::text COLLATE "C" AS key
                FROM (SELECT * FROM old_rows LIMIT stalemate_sample) AS calls
                WHERE calls.user_id IS NOT NULL
                LIMIT 1001
              ) AS keys
            )
          )
          INTO stalemate_targets;
          EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["agent_performance","max-keys"],["dashboard","max-keys"],["overview","unbound"],["report","max-keys"]';
          stalemate_sample := NULL;
        END LOOP;
      END IF;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    -- A condition or a column raised: what it would have said is not known, so all of it may be wrong.
    IF NOT EXISTS (SELECT FROM old_rows) THEN
      RETURN NULL;
    END IF;
    stalemate_targets := '["agent_performance","error"],["dashboard","error"],["overview","error"],["report","error"]';
  END;
  IF stalemate_targets <> '' THEN
    PERFORM stalemate.emit_v1(
      'stalemate_callcentre',
      '{"v":1,"t":"calls","o":"delete","d":[',
      stalemate_targets
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
  PERFORM stalemate.emit_v1(
    'stalemate_callcentre',
    '{"v":1,"t":"calls","o":"truncate","d":[',
    '["agent_performance","truncate"],["dashboard","truncate"],["overview","truncate"],["report","truncate"]'
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
  stalemate_rows bigint;
  stalemate_sample bigint;
  stalemate_targets text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row.
    SELECT count(*), min(targets COLLATE "C")
    FROM (
      SELECT concat_ws(',',
        -- agent_leads by agent_id
        '["agent_leads",["agent_id"],[' || to_json(leads.agent_id::text)::text COLLATE "C" || ']]',
        -- dashboard by user_id over agents
        CASE WHEN (stage NOT IN ('won', 'lost')) THEN '["dashboard",{"l":"0c49c810925d","n":1},[' || to_json((to_json(leads.agent_id) #>> '{}'))::text COLLATE "C" || ']]' END,
        -- overview, as a whole
        CASE WHEN (stage = 'won') THEN '["overview","unbound"]' END
      ) AS targets
      FROM new_rows AS leads
      LIMIT 2
    ) AS found
    INTO stalemate_rows, stalemate_targets;
    IF stalemate_rows > 1 THEN
      SELECT count(*)
      FROM (SELECT FROM new_rows LIMIT 4005) AS counted
      INTO stalemate_rows;
      IF stalemate_rows > 0 THEN
        IF stalemate_rows > 4004 THEN
          stalemate_sample := 1001;
        END IF;
        LOOP
          SELECT concat_ws(',',
            -- agent_leads by agent_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["agent_leads","max-keys"]'
                WHEN count(*) > 0 THEN '["agent_leads",["agent_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json(leads.agent_id::text)::text COLLATE "C" AS key
                FROM (SELECT * FROM new_rows LIMIT stalemate_sample) AS leads
                WHERE leads.agent_id IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- dashboard by user_id over agents
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["dashboard","max-keys"]'
                WHEN count(*) > 0 THEN '["dashboard",{"l":"0c49c810925d","n":1},[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json((to_json(leads.agent_id) #>> '{}'))::text COLLATE "C" AS key
                FROM (SELECT * FROM new_rows LIMIT stalemate_sample) AS leads
                WHERE (stage NOT IN ('won', 'lost'))
                  AND leads.agent_id IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- overview, as a whole
            (
              SELECT '["overview","unbound"]'
              WHERE EXISTS (SELECT FROM (SELECT * FROM new_rows LIMIT stalemate_sample) AS leads WHERE (stage = 'won'))
            )
          )
          INTO stalemate_targets;
          EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["agent_leads","max-keys"],["dashboard","max-keys"],["overview","unbound"]';
          stalemate_sample := NULL;
        END LOOP;
      END IF;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    -- A condition or a column raised: what it would have said is not known, so all of it may be wrong.
    IF NOT EXISTS (SELECT FROM new_rows) THEN
      RETURN NULL;
    END IF;
    stalemate_targets := '["agent_leads","error"],["dashboard","error"],["overview","error"]';
  END;
  IF stalemate_targets <> '' THEN
    PERFORM stalemate.emit_v1(
      'stalemate_callcentre',
      '{"v":1,"t":"leads","o":"insert","d":[',
      stalemate_targets
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
  stalemate_rows bigint;
  stalemate_sample bigint;
  stalemate_targets text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row.
    SELECT count(*), min(targets COLLATE "C")
    FROM (
      SELECT concat_ws(',',
        -- agent_leads by agent_id
        CASE WHEN ROW(o.c1, o.c2, o.c3, o.c4)::record *<> ROW(n.c1, n.c2, n.c3, n.c4)::record THEN '["agent_leads",["agent_id"],[' || nullif(concat_ws(',', to_json(o.c1::text)::text COLLATE "C", nullif(to_json(n.c1::text)::text COLLATE "C", to_json(o.c1::text)::text COLLATE "C")), '') || ']]' END,
        -- dashboard by user_id over agents
        CASE WHEN ROW(o.c1, o.c3, o.c4)::record *<> ROW(n.c1, n.c3, n.c4)::record AND (o.when_2 OR n.when_2) THEN '["dashboard",{"l":"0c49c810925d","n":1},[' || nullif(concat_ws(',', to_json((to_json(o.c1) #>> '{}'))::text COLLATE "C", nullif(to_json((to_json(n.c1) #>> '{}'))::text COLLATE "C", to_json((to_json(o.c1) #>> '{}'))::text COLLATE "C")), '') || ']]' END,
        -- overview, as a whole
        CASE WHEN ROW(o.c3, o.c4)::record *<> ROW(n.c3, n.c4)::record AND (o.when_3 OR n.when_3) THEN '["overview","unbound"]' END
      ) AS targets
      FROM (
        SELECT
          leads.agent_id AS c1,
          leads.name AS c2,
          leads.stage AS c3,
          leads.value AS c4,
          (stage NOT IN ('won', 'lost')) AS when_2,
          (stage = 'won') AS when_3
        FROM old_rows AS leads
      ) AS o,
      (
        SELECT
          leads.agent_id AS c1,
          leads.name AS c2,
          leads.stage AS c3,
          leads.value AS c4,
          (stage NOT IN ('won', 'lost')) AS when_2,
          (stage = 'won') AS when_3
        FROM new_rows AS leads
      ) AS n
      LIMIT 2
    ) AS found
    INTO stalemate_rows, stalemate_targets;
    IF stalemate_rows <> 1 THEN
      SELECT count(*)
      FROM (SELECT FROM old_rows LIMIT 4005) AS counted
      INTO stalemate_rows;
      IF stalemate_rows > 0 THEN
        IF stalemate_rows > 4004 THEN
          stalemate_sample := 1001;
        END IF;
        LOOP
          WITH
            -- The versions of a row have the same place in both tables.
            pairs AS (
              SELECT
                o.c1::text COLLATE "C" AS old_1, n.c1::text COLLATE "C" AS new_1,
                (to_json(o.c1) #>> '{}') COLLATE "C" AS old_2, (to_json(n.c1) #>> '{}') COLLATE "C" AS new_2,
                u.unpaired,
                ROW(o.c1, o.c2, o.c3, o.c4)::record *<> ROW(n.c1, n.c2, n.c3, n.c4)::record AS hit_1,
                ROW(o.c1, o.c3, o.c4)::record *<> ROW(n.c1, n.c3, n.c4)::record AND (o.when_2 OR n.when_2) AS hit_2,
                ROW(o.c3, o.c4)::record *<> ROW(n.c3, n.c4)::record AND (o.when_3 OR n.when_3) AS hit_3
              FROM (
                SELECT
                  row_number() OVER () AS place,
                  leads.agent_id AS c1,
                  leads.name AS c2,
                  leads.stage AS c3,
                  leads.value AS c4,
                  (stage NOT IN ('won', 'lost')) AS when_2,
                  (stage = 'won') AS when_3
                FROM old_rows AS leads
                LIMIT stalemate_sample
              ) AS o
              FULL JOIN (
                SELECT
                  row_number() OVER () AS place,
                  leads.agent_id AS c1,
                  leads.name AS c2,
                  leads.stage AS c3,
                  leads.value AS c4,
                  (stage NOT IN ('won', 'lost')) AS when_2,
                  (stage = 'won') AS when_3
                FROM new_rows AS leads
                LIMIT stalemate_sample
              ) AS n ON n.place = o.place
              -- A BEFORE trigger can swallow a row that moves to another partition: then every row counts.
              CROSS JOIN (
                SELECT (SELECT count(*) FROM old_rows) <> (SELECT count(*) FROM new_rows) AS unpaired
              ) AS u
              WHERE u.unpaired
                OR ROW(o.c1, o.c2, o.c3, o.c4)::record *<> ROW(n.c1, n.c2, n.c3, n.c4)::record
                  OR ROW(o.c1, o.c3, o.c4)::record *<> ROW(n.c1, n.c3, n.c4)::record AND (o.when_2 OR n.when_2)
                  OR ROW(o.c3, o.c4)::record *<> ROW(n.c3, n.c4)::record AND (o.when_3 OR n.when_3)
            )
          SELECT concat_ws(',',
            -- agent_leads by agent_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["agent_leads","max-keys"]'
                WHEN count(*) > 0 THEN '["agent_leads",["agent_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT to_json(old_1)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_1)
                  AND old_1 IS NOT NULL
                UNION
                SELECT to_json(new_1)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_1)
                  AND new_1 IS DISTINCT FROM old_1
                  AND new_1 IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- dashboard by user_id over agents
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["dashboard","max-keys"]'
                WHEN count(*) > 0 THEN '["dashboard",{"l":"0c49c810925d","n":1},[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT to_json(old_2)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_2)
                  AND old_2 IS NOT NULL
                UNION
                SELECT to_json(new_2)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_2)
                  AND new_2 IS DISTINCT FROM old_2
                  AND new_2 IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- overview, as a whole
            (
              SELECT '["overview","unbound"]'
              WHERE EXISTS (SELECT FROM pairs WHERE (unpaired OR hit_3))
            )
          )
          INTO stalemate_targets;
          EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["agent_leads","max-keys"],["dashboard","max-keys"],["overview","unbound"]';
          stalemate_sample := NULL;
        END LOOP;
      END IF;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    -- A condition or a column raised: what it would have said is not known, so all of it may be wrong.
    IF NOT EXISTS (SELECT FROM old_rows) THEN
      RETURN NULL;
    END IF;
    stalemate_targets := '["agent_leads","error"],["dashboard","error"],["overview","error"]';
  END;
  IF stalemate_targets <> '' THEN
    PERFORM stalemate.emit_v1(
      'stalemate_callcentre',
      '{"v":1,"t":"leads","o":"update","d":[',
      stalemate_targets
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
  stalemate_rows bigint;
  stalemate_sample bigint;
  stalemate_targets text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row.
    SELECT count(*), min(targets COLLATE "C")
    FROM (
      SELECT concat_ws(',',
        -- agent_leads by agent_id
        '["agent_leads",["agent_id"],[' || to_json(leads.agent_id::text)::text COLLATE "C" || ']]',
        -- dashboard by user_id over agents
        CASE WHEN (stage NOT IN ('won', 'lost')) THEN '["dashboard",{"l":"0c49c810925d","n":1},[' || to_json((to_json(leads.agent_id) #>> '{}'))::text COLLATE "C" || ']]' END,
        -- overview, as a whole
        CASE WHEN (stage = 'won') THEN '["overview","unbound"]' END
      ) AS targets
      FROM old_rows AS leads
      LIMIT 2
    ) AS found
    INTO stalemate_rows, stalemate_targets;
    IF stalemate_rows > 1 THEN
      SELECT count(*)
      FROM (SELECT FROM old_rows LIMIT 4005) AS counted
      INTO stalemate_rows;
      IF stalemate_rows > 0 THEN
        IF stalemate_rows > 4004 THEN
          stalemate_sample := 1001;
        END IF;
        LOOP
          SELECT concat_ws(',',
            -- agent_leads by agent_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["agent_leads","max-keys"]'
                WHEN count(*) > 0 THEN '["agent_leads",["agent_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json(leads.agent_id::text)::text COLLATE "C" AS key
                FROM (SELECT * FROM old_rows LIMIT stalemate_sample) AS leads
                WHERE leads.agent_id IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- dashboard by user_id over agents
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["dashboard","max-keys"]'
                WHEN count(*) > 0 THEN '["dashboard",{"l":"0c49c810925d","n":1},[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json((to_json(leads.agent_id) #>> '{}'))::text COLLATE "C" AS key
                FROM (SELECT * FROM old_rows LIMIT stalemate_sample) AS leads
                WHERE (stage NOT IN ('won', 'lost'))
                  AND leads.agent_id IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- overview, as a whole
            (
              SELECT '["overview","unbound"]'
              WHERE EXISTS (SELECT FROM (SELECT * FROM old_rows LIMIT stalemate_sample) AS leads WHERE (stage = 'won'))
            )
          )
          INTO stalemate_targets;
          EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["agent_leads","max-keys"],["dashboard","max-keys"],["overview","unbound"]';
          stalemate_sample := NULL;
        END LOOP;
      END IF;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    -- A condition or a column raised: what it would have said is not known, so all of it may be wrong.
    IF NOT EXISTS (SELECT FROM old_rows) THEN
      RETURN NULL;
    END IF;
    stalemate_targets := '["agent_leads","error"],["dashboard","error"],["overview","error"]';
  END;
  IF stalemate_targets <> '' THEN
    PERFORM stalemate.emit_v1(
      'stalemate_callcentre',
      '{"v":1,"t":"leads","o":"delete","d":[',
      stalemate_targets
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
  PERFORM stalemate.emit_v1(
    'stalemate_callcentre',
    '{"v":1,"t":"leads","o":"truncate","d":[',
    '["agent_leads","truncate"],["dashboard","truncate"],["overview","truncate"]'
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
  stalemate_rows bigint;
  stalemate_sample bigint;
  stalemate_targets text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row.
    SELECT count(*), min(targets COLLATE "C")
    FROM (
      SELECT concat_ws(',',
        -- dashboard by user_id
        '["dashboard",["user_id"],[' || to_json(users.id::text)::text COLLATE "C" || ']]',
        -- overview, as a whole
        '["overview","unbound"]',
        -- report by user_id
        '["report",["user_id"],[' || to_json(users.id::text)::text COLLATE "C" || ']]',
        -- user_profile by user_id
        '["user_profile",["user_id"],[' || to_json(users.id::text)::text COLLATE "C" || ']]'
      ) AS targets
      FROM new_rows AS users
      LIMIT 2
    ) AS found
    INTO stalemate_rows, stalemate_targets;
    IF stalemate_rows > 1 THEN
      SELECT count(*)
      FROM (SELECT FROM new_rows LIMIT 4005) AS counted
      INTO stalemate_rows;
      IF stalemate_rows > 0 THEN
        IF stalemate_rows > 4004 THEN
          stalemate_sample := 1001;
        END IF;
        LOOP
          SELECT concat_ws(',',
            -- dashboard by user_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["dashboard","max-keys"]'
                WHEN count(*) > 0 THEN '["dashboard",["user_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json(users.id::text)::text COLLATE "C" AS key
                FROM (SELECT * FROM new_rows LIMIT stalemate_sample) AS users
                WHERE users.id IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- overview, as a whole
            (
              SELECT '["overview","unbound"]'
              WHERE EXISTS (SELECT FROM (SELECT * FROM new_rows LIMIT stalemate_sample) AS users)
            ),
            -- report by user_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["report","max-keys"]'
                WHEN count(*) > 0 THEN '["report",["user_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json(users.id::text)::text COLLATE "C" AS key
                FROM (SELECT * FROM new_rows LIMIT stalemate_sample) AS users
                WHERE users.id IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- user_profile by user_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["user_profile","max-keys"]'
                WHEN count(*) > 0 THEN '["user_profile",["user_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json(users.id::text)::text COLLATE "C" AS key
                FROM (SELECT * FROM new_rows LIMIT stalemate_sample) AS users
                WHERE users.id IS NOT NULL
                LIMIT 1001
              ) AS keys
            )
          )
          INTO stalemate_targets;
          EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["dashboard","max-keys"],["overview","unbound"],["report","max-keys"],["user_profile","max-keys"]';
          stalemate_sample := NULL;
        END LOOP;
      END IF;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    -- A condition or a column raised: what it would have said is not known, so all of it may be wrong.
    IF NOT EXISTS (SELECT FROM new_rows) THEN
      RETURN NULL;
    END IF;
    stalemate_targets := '["dashboard","error"],["overview","error"],["report","error"],["user_profile","error"]';
  END;
  IF stalemate_targets <> '' THEN
    PERFORM stalemate.emit_v1(
      'stalemate_callcentre',
      '{"v":1,"t":"users","o":"insert","d":[',
      stalemate_targets
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
  stalemate_rows bigint;
  stalemate_sample bigint;
  stalemate_targets text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row.
    SELECT count(*), min(targets COLLATE "C")
    FROM (
      SELECT concat_ws(',',
        -- dashboard by user_id
        CASE WHEN ROW(o.c2, o.c3)::record *<> ROW(n.c2, n.c3)::record THEN '["dashboard",["user_id"],[' || nullif(concat_ws(',', to_json(o.c2::text)::text COLLATE "C", nullif(to_json(n.c2::text)::text COLLATE "C", to_json(o.c2::text)::text COLLATE "C")), '') || ']]' END,
        -- report by user_id
        CASE WHEN ROW(o.c2, o.c3, o.c4)::record *<> ROW(n.c2, n.c3, n.c4)::record THEN '["report",["user_id"],[' || nullif(concat_ws(',', to_json(o.c2::text)::text COLLATE "C", nullif(to_json(n.c2::text)::text COLLATE "C", to_json(o.c2::text)::text COLLATE "C")), '') || ']]' END,
        -- user_profile by user_id
        CASE WHEN ROW(o.c1, o.c2, o.c3, o.c4)::record *<> ROW(n.c1, n.c2, n.c3, n.c4)::record THEN '["user_profile",["user_id"],[' || nullif(concat_ws(',', to_json(o.c2::text)::text COLLATE "C", nullif(to_json(n.c2::text)::text COLLATE "C", to_json(o.c2::text)::text COLLATE "C")), '') || ']]' END
      ) AS targets
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
      LIMIT 2
    ) AS found
    INTO stalemate_rows, stalemate_targets;
    IF stalemate_rows <> 1 THEN
      SELECT count(*)
      FROM (SELECT FROM old_rows LIMIT 4005) AS counted
      INTO stalemate_rows;
      IF stalemate_rows > 0 THEN
        IF stalemate_rows > 4004 THEN
          stalemate_sample := 1001;
        END IF;
        LOOP
          WITH
            -- The versions of a row have the same place in both tables.
            pairs AS (
              SELECT
                o.c2::text COLLATE "C" AS old_1, n.c2::text COLLATE "C" AS new_1,
                u.unpaired,
                ROW(o.c2, o.c3)::record *<> ROW(n.c2, n.c3)::record AS hit_1,
                ROW(o.c2, o.c3, o.c4)::record *<> ROW(n.c2, n.c3, n.c4)::record AS hit_2,
                ROW(o.c1, o.c2, o.c3, o.c4)::record *<> ROW(n.c1, n.c2, n.c3, n.c4)::record AS hit_3
              FROM (
                SELECT
                  row_number() OVER () AS place,
                  users.email AS c1,
                  users.id AS c2,
                  users.name AS c3,
                  users.plan AS c4
                FROM old_rows AS users
                LIMIT stalemate_sample
              ) AS o
              FULL JOIN (
                SELECT
                  row_number() OVER () AS place,
                  users.email AS c1,
                  users.id AS c2,
                  users.name AS c3,
                  users.plan AS c4
                FROM new_rows AS users
                LIMIT stalemate_sample
              ) AS n ON n.place = o.place
              -- A BEFORE trigger can swallow a row that moves to another partition: then every row counts.
              CROSS JOIN (
                SELECT (SELECT count(*) FROM old_rows) <> (SELECT count(*) FROM new_rows) AS unpaired
              ) AS u
              WHERE u.unpaired
                OR ROW(o.c2, o.c3)::record *<> ROW(n.c2, n.c3)::record
                  OR ROW(o.c2, o.c3, o.c4)::record *<> ROW(n.c2, n.c3, n.c4)::record
                  OR ROW(o.c1, o.c2, o.c3, o.c4)::record *<> ROW(n.c1, n.c2, n.c3, n.c4)::record
            )
          SELECT concat_ws(',',
            -- dashboard by user_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["dashboard","max-keys"]'
                WHEN count(*) > 0 THEN '["dashboard",["user_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT to_json(old_1)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_1)
                  AND old_1 IS NOT NULL
                UNION
                SELECT to_json(new_1)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_1)
                  AND new_1 IS DISTINCT FROM old_1
                  AND new_1 IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- report by user_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["report","max-keys"]'
                WHEN count(*) > 0 THEN '["report",["user_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT to_json(old_1)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_2)
                  AND old_1 IS NOT NULL
                UNION
                SELECT to_json(new_1)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_2)
                  AND new_1 IS DISTINCT FROM old_1
                  AND new_1 IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- user_profile by user_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["user_profile","max-keys"]'
                WHEN count(*) > 0 THEN '["user_profile",["user_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT to_json(old_1)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_3)
                  AND old_1 IS NOT NULL
                UNION
                SELECT to_json(new_1)::text COLLATE "C" AS key
                FROM pairs
                WHERE (unpaired OR hit_3)
                  AND new_1 IS DISTINCT FROM old_1
                  AND new_1 IS NOT NULL
                LIMIT 1001
              ) AS keys
            )
          )
          INTO stalemate_targets;
          EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["dashboard","max-keys"],["report","max-keys"],["user_profile","max-keys"]';
          stalemate_sample := NULL;
        END LOOP;
      END IF;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    -- A condition or a column raised: what it would have said is not known, so all of it may be wrong.
    IF NOT EXISTS (SELECT FROM old_rows) THEN
      RETURN NULL;
    END IF;
    stalemate_targets := '["dashboard","error"],["report","error"],["user_profile","error"]';
  END;
  IF stalemate_targets <> '' THEN
    PERFORM stalemate.emit_v1(
      'stalemate_callcentre',
      '{"v":1,"t":"users","o":"update","d":[',
      stalemate_targets
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
  stalemate_rows bigint;
  stalemate_sample bigint;
  stalemate_targets text;
BEGIN
  -- What did the statement make wrong? Nothing is written in this block, and no error leaves it.
  BEGIN
    -- Most statements change one row.
    SELECT count(*), min(targets COLLATE "C")
    FROM (
      SELECT concat_ws(',',
        -- dashboard by user_id
        '["dashboard",["user_id"],[' || to_json(users.id::text)::text COLLATE "C" || ']]',
        -- overview, as a whole
        '["overview","unbound"]',
        -- report by user_id
        '["report",["user_id"],[' || to_json(users.id::text)::text COLLATE "C" || ']]',
        -- user_profile by user_id
        '["user_profile",["user_id"],[' || to_json(users.id::text)::text COLLATE "C" || ']]'
      ) AS targets
      FROM old_rows AS users
      LIMIT 2
    ) AS found
    INTO stalemate_rows, stalemate_targets;
    IF stalemate_rows > 1 THEN
      SELECT count(*)
      FROM (SELECT FROM old_rows LIMIT 4005) AS counted
      INTO stalemate_rows;
      IF stalemate_rows > 0 THEN
        IF stalemate_rows > 4004 THEN
          stalemate_sample := 1001;
        END IF;
        LOOP
          SELECT concat_ws(',',
            -- dashboard by user_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["dashboard","max-keys"]'
                WHEN count(*) > 0 THEN '["dashboard",["user_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json(users.id::text)::text COLLATE "C" AS key
                FROM (SELECT * FROM old_rows LIMIT stalemate_sample) AS users
                WHERE users.id IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- overview, as a whole
            (
              SELECT '["overview","unbound"]'
              WHERE EXISTS (SELECT FROM (SELECT * FROM old_rows LIMIT stalemate_sample) AS users)
            ),
            -- report by user_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["report","max-keys"]'
                WHEN count(*) > 0 THEN '["report",["user_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json(users.id::text)::text COLLATE "C" AS key
                FROM (SELECT * FROM old_rows LIMIT stalemate_sample) AS users
                WHERE users.id IS NOT NULL
                LIMIT 1001
              ) AS keys
            ),
            -- user_profile by user_id
            (
              SELECT CASE
                WHEN count(*) > 1000 THEN '["user_profile","max-keys"]'
                WHEN count(*) > 0 THEN '["user_profile",["user_id"],[' || string_agg(key, ',') || ']]'
              END
              FROM (
                SELECT DISTINCT to_json(users.id::text)::text COLLATE "C" AS key
                FROM (SELECT * FROM old_rows LIMIT stalemate_sample) AS users
                WHERE users.id IS NOT NULL
                LIMIT 1001
              ) AS keys
            )
          )
          INTO stalemate_targets;
          EXIT WHEN stalemate_sample IS NULL OR stalemate_targets = '["dashboard","max-keys"],["overview","unbound"],["report","max-keys"],["user_profile","max-keys"]';
          stalemate_sample := NULL;
        END LOOP;
      END IF;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    -- A condition or a column raised: what it would have said is not known, so all of it may be wrong.
    IF NOT EXISTS (SELECT FROM old_rows) THEN
      RETURN NULL;
    END IF;
    stalemate_targets := '["dashboard","error"],["overview","error"],["report","error"],["user_profile","error"]';
  END;
  IF stalemate_targets <> '' THEN
    PERFORM stalemate.emit_v1(
      'stalemate_callcentre',
      '{"v":1,"t":"users","o":"delete","d":[',
      stalemate_targets
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
  PERFORM stalemate.emit_v1(
    'stalemate_callcentre',
    '{"v":1,"t":"users","o":"truncate","d":[',
    '["dashboard","truncate"],["overview","truncate"],["report","truncate"],["user_profile","truncate"]'
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

-- The runtimes look at once what is installed now.
SELECT pg_catalog.pg_notify('stalemate_callcentre', '{"v":1,"c":"plan","n":"0001_initial","d":[]}');
