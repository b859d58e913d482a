-- Made by `stalemate compile` (stalemate 0.1.0) of rules/a.yaml, rules/b.yaml.
-- Do not edit: change the rules and compile again.

-- With each function goes the trigger that calls it, whatever its table is called by now.
DROP FUNCTION IF EXISTS stalemate.callcentre__auth_users_truncate() CASCADE;
DROP FUNCTION IF EXISTS stalemate.callcentre__calls_insert() CASCADE;
DROP FUNCTION IF EXISTS stalemate.callcentre__calls_update() CASCADE;
DROP FUNCTION IF EXISTS stalemate.callcentre__calls_delete() CASCADE;
DROP FUNCTION IF EXISTS stalemate.callcentre__calls_truncate() CASCADE;

DO $stalemate$
BEGIN
  IF to_regclass('stalemate.migrations') IS NOT NULL THEN
    DELETE FROM stalemate.migrations WHERE ruleset = 'callcentre' AND number = 1;
    IF NOT EXISTS (SELECT FROM stalemate.migrations) THEN
      DROP TABLE stalemate.migrations;
    END IF;
  END IF;
  IF to_regclass('stalemate.habits') IS NOT NULL THEN
    DELETE FROM stalemate.habits WHERE ruleset = 'callcentre';
  END IF;
  IF to_regclass('stalemate.schedules') IS NOT NULL THEN
    DELETE FROM stalemate.schedules WHERE ruleset = 'callcentre';
  END IF;
  -- The rest is shared, and goes with the last ruleset: also what only others, or later migrations, had need of.
  IF NOT EXISTS (
    SELECT FROM pg_catalog.pg_proc
    WHERE pronamespace = to_regnamespace('stalemate') AND prorettype = 'pg_catalog.trigger'::regtype
  ) THEN
    DROP FUNCTION IF EXISTS stalemate.emit_v1(text, text, text);
    DROP TABLE IF EXISTS stalemate.epochs, stalemate.habits, stalemate.schedules;
    DROP FUNCTION IF EXISTS stalemate.cover_v1(regclass);
    BEGIN
      DROP SCHEMA IF EXISTS stalemate;
    EXCEPTION WHEN dependent_objects_still_exist THEN
      RAISE NOTICE 'schema % stays, since it holds objects that are not of stalemate', 'stalemate';
    END;
  END IF;
END
$stalemate$;

-- The runtimes look at once what is installed now.
SELECT pg_catalog.pg_notify('stalemate_callcentre', '{"v":1,"c":"plan","n":"0001_initial taken back","d":[]}');
