INSERT INTO users (id, name)
SELECT md5('user' || n)::uuid, 'User ' || n FROM generate_series(1, 100) AS n;
INSERT INTO agents (id, user_id, name)
SELECT md5('agent' || n)::uuid, md5('user' || (n % 100 + 1))::uuid, 'Agent ' || n FROM generate_series(1, 300) AS n;
INSERT INTO calls (user_id, agent_id, status, duration)
SELECT md5('user' || (n % 100 + 1))::uuid, md5('agent' || (n % 300 + 1))::uuid, 'completed', n % 600
FROM generate_series(1, 5000) AS n;
