import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assemble } from './assemble.ts';
import { compareForReload, valueAt } from './compare.ts';
import type { Config } from './config.ts';
import { FIELDS } from './fields.ts';
import { readFields } from './read.ts';

function configOf(toml: object): Config {
  const { values, routes, faults } = readFields(toml, '/');
  assert.deepEqual(faults, []);
  return assemble(values, routes, { machineName: 'box' });
}

const route = { domain: 'b.test', host: 'h.test', login: { user: 'u', password_file: 'p' } };

test('what is the same needs nothing', () => {
  assert.deepEqual(compareForReload(configOf({ route: [route] }), configOf({ route: [{ ...route }], smtp: {} })), {
    apply: [],
    restart: [],
  });
});

test('listeners and name servers wait for a restart, the rest is taken over', () => {
  const table: readonly (readonly [object, readonly string[], readonly string[]])[] = [
    [{ hostname: 'mx.a.test' }, ['hostname'], []],
    [{ domains: ['a.test'], postmaster: 'p@a.test' }, ['domains', 'postmaster'], []],
    [{ limits: { message_size: '1MB' } }, ['limits.message_size'], []],
    [{ tls: { cert: 'c', key: 'k' } }, ['tls.cert', 'tls.key'], []],
    [{ outbound: { timeouts: { dot: '1s' } } }, ['outbound.timeouts.dot'], []],
    [{ queue: { retry: ['1s'] } }, ['queue.retry'], []],
    [{ route: [route] }, ['route'], []],
    [{ smtp: { enabled: false } }, [], ['smtp.enabled']],
    [{ dns: { servers: ['127.0.0.1'] } }, [], ['dns.servers']],
    // A computed default changes with what it is computed from.
    [{ pop3: { listen: ['0.0.0.0:110'] } }, ['web.push_local', 'login.plain_on_loopback'], ['pop3.listen']],
  ];
  for (const [toml, apply, restart] of table) {
    assert.deepEqual(compareForReload(configOf({}), configOf(toml)), { apply, restart }, JSON.stringify(toml));
    assert.deepEqual(compareForReload(configOf(toml), configOf({})), { apply, restart }, JSON.stringify(toml));
  }
});

test('a changed route or a changed password file is seen', () => {
  for (const changed of [
    { ...route, host: 'i.test' },
    { ...route, login: { user: 'u', password_file: 'q' } },
  ]) {
    assert.deepEqual(compareForReload(configOf({ route: [route] }), configOf({ route: [changed] })).apply, ['route']);
  }
});

test('every setting is found in the Config under its own name', () => {
  const config = configOf({ postmaster: 'p@a.test', tls: { cert: 'c', key: 'k' } });
  for (const path of Object.keys(FIELDS)) assert.notEqual(valueAt(config, path), undefined, path);
});
