import { cacheRule, makePlan, tableRule } from '../../../helpers/plans.ts'
import type { Group } from './case.ts'

const plan = makePlan(
  [cacheRule('team', 'team:{user_id}', {}), cacheRule('calls', 'calls:{agent_id}', {})],
  [
    tableRule({ table: 'agents', cache: 'team', params: { user_id: 'user_id' } }),
    tableRule({ table: 'calls', cache: 'calls', params: { agent_id: 'agent_id' }, columns: [] }),
    tableRule({ table: 'notes', cache: 'calls', params: { agent_id: 'agent_id' }, columns: [] }),
  ],
)

const FILLED = `INSERT INTO users VALUES ('u1'), ('u2'); INSERT INTO agents VALUES ('a1', 'u1'), ('a2', 'u2');
  INSERT INTO calls VALUES ('c1', 'a1'), ('c2', 'a1'), ('c3', 'a2'); INSERT INTO notes VALUES ('a1'), ('a2')`

export const references: readonly Group[] = [
  {
    title: 'Foreign keys and triggers of others',
    text: '`calls` and `notes` refer to `agents`, and those to `users`. `agents` makes `team:{user_id}` wrong, `calls` and `notes` make `calls:{agent_id}` wrong.',
    tables: `
      CREATE TABLE users (id text PRIMARY KEY);
      CREATE TABLE agents (id text PRIMARY KEY, user_id text REFERENCES users ON DELETE CASCADE ON UPDATE CASCADE);
      CREATE TABLE calls (id text, agent_id text REFERENCES agents ON DELETE CASCADE ON UPDATE CASCADE DEFERRABLE);
      CREATE TABLE notes (agent_id text REFERENCES agents ON DELETE SET NULL ON UPDATE CASCADE);
      CREATE TABLE log (agent_id text);
      CREATE FUNCTION from_log() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN INSERT INTO calls VALUES ('l', NEW.agent_id); RETURN NULL; END $$;
      CREATE TRIGGER from_log AFTER INSERT ON log FOR EACH ROW EXECUTE FUNCTION from_log();
      CREATE FUNCTION follow() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN UPDATE calls SET agent_id = 'a2' WHERE id = 'c2'; RETURN NULL; END $$;
      CREATE TRIGGER follow AFTER UPDATE ON calls FOR EACH ROW WHEN (NEW.id = 'c1' AND NEW.agent_id = 'a2') EXECUTE FUNCTION follow();`,
    plans: [plan],
    empty: ['users', 'agents', 'calls', 'notes', 'log'],
    cases: [
      {
        title: 'ON DELETE CASCADE over one level, and SET NULL',
        before: FILLED,
        run: [`DELETE FROM agents WHERE id = 'a1'`],
        sent: ['delete calls agent_id=a1', 'delete team user_id=u1', 'update calls agent_id=a1'],
      },
      {
        title: 'ON DELETE CASCADE over two levels',
        before: FILLED,
        run: ['DELETE FROM users'],
        sent: [
          'delete calls agent_id=a1',
          'delete calls agent_id=a2',
          'delete team user_id=u1',
          'delete team user_id=u2',
          'update calls agent_id=a1',
          'update calls agent_id=a2',
        ],
      },
      {
        title: 'ON UPDATE CASCADE',
        before: FILLED,
        run: [`UPDATE agents SET id = 'n1' WHERE id = 'a1'`],
        sent: ['update calls agent_id=a1', 'update calls agent_id=n1', 'update team user_id=u1'],
      },
      {
        title: 'ON UPDATE CASCADE, one level up',
        before: FILLED,
        run: [`UPDATE users SET id = 'n1' WHERE id = 'u1'`],
        sent: ['update team user_id=n1', 'update team user_id=u1'],
      },
      {
        title: 'TRUNCATE ... CASCADE',
        before: FILLED,
        run: ['TRUNCATE users CASCADE'],
        sent: ['truncate calls! truncate', 'truncate team! truncate'],
      },
      {
        title: 'a deferred constraint that holds at the end',
        before: FILLED,
        run: [
          'BEGIN',
          'SET CONSTRAINTS ALL DEFERRED',
          `INSERT INTO calls VALUES ('c4', 'a9')`,
          `INSERT INTO agents VALUES ('a9', 'u1')`,
          'COMMIT',
        ],
        sent: ['insert calls agent_id=a9', 'insert team user_id=u1'],
      },
      {
        title: 'a deferred constraint that fails at the end',
        before: FILLED,
        run: ['BEGIN', 'SET CONSTRAINTS ALL DEFERRED', `INSERT INTO calls VALUES ('c4', 'a9')`, 'COMMIT'],
        fails: /foreign key/,
        sent: [],
      },
      {
        title: 'a trigger of the application writes to a watched table',
        before: FILLED,
        run: [`INSERT INTO log VALUES ('a1')`],
        sent: ['insert calls agent_id=a1'],
      },
      {
        title: 'a trigger of the application updates the table that it is on',
        before: FILLED,
        run: [`UPDATE calls SET agent_id = 'a2' WHERE id = 'c1'`],
        sent: ['update calls agent_id=a1', 'update calls agent_id=a2'],
      },
    ],
  },
]
