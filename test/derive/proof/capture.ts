/** A change of one row, or a TRUNCATE, as the tables' own triggers wrote it down. */
export type RowChange = {
  readonly table: string
  readonly op: 'insert' | 'update' | 'delete' | 'truncate'
  readonly old: Readonly<Record<string, unknown>> | null
  readonly new: Readonly<Record<string, unknown>> | null
}

/** SQL that makes every change of the tables be written down: what the watches are then asked about. */
export function captureSql(tables: readonly string[]): string {
  return `
CREATE UNLOGGED TABLE captured (place bigserial, writer int, "table" text, op text, old jsonb, new jsonb);
CREATE FUNCTION capture() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO captured (writer, "table", op, old, new) VALUES (
    pg_backend_pid(), TG_TABLE_NAME, lower(TG_OP),
    CASE WHEN TG_OP IN ('UPDATE', 'DELETE') THEN to_jsonb(OLD) END,
    CASE WHEN TG_OP IN ('UPDATE', 'INSERT') THEN to_jsonb(NEW) END);
  RETURN NULL;
END $$;
${tables
  .map(
    (name) => `
CREATE TRIGGER capture AFTER INSERT OR UPDATE OR DELETE ON ${name} FOR EACH ROW EXECUTE FUNCTION capture();
CREATE TRIGGER capture_truncate AFTER TRUNCATE ON ${name} FOR EACH STATEMENT EXECUTE FUNCTION capture();`,
  )
  .join('')}`
}
