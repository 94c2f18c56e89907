import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guessed, serversFrom } from './found.ts';
import type { Rung } from './types.ts';

const nothing: Rung = { id: 'srv', asked: '', said: 'nothing', words: '', pop3: null, smtp: null };

test('of each server the first rung that names it is taken, and what nobody names is a guess', () => {
  const server = { host: 'pop.isp.test', port: 1995, protection: 'starttls', pinned: null } as const;
  const rungs: readonly Rung[] = [
    nothing,
    { ...nothing, id: 'autoconfig', said: 'found', pop3: { server, login: 'bob', doubt: null } },
    {
      ...nothing,
      id: 'mx',
      said: 'found',
      pop3: { server: { ...server, host: 'later.test' }, login: 'x', doubt: null },
    },
  ];
  const found = serversFrom(rungs, 'bob@isp.test');
  assert.deepEqual([found.pop3, found.pop3Login], [server, 'bob']);
  assert.deepEqual([found.smtp, found.smtpLogin], [guessed('bob@isp.test').smtp, 'bob@isp.test']);
  assert.equal(found.smtp.host, 'smtp.isp.test');
});
