import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { systemClock } from '../base/index.ts';
import { fakeResolver, startZoneServer } from './testing.ts';
import type { Zones } from './testing.ts';
import { systemResolver } from './system-resolver.ts';

const zones: Zones = {
  'a.test': { mx: [[10, 'Mx.A.test']], a: ['192.0.2.1'], aaaa: ['2001:db8::1'], txt: ['one', ''] },
  '_pop3s._tcp.a.test': { srv: [[0, 5, 995, 'Pop.A.test']] },
  '_imap._tcp.a.test': { srv: [[0, 0, 0, '']] },
  'null.test': { mx: [[0, '']] },
  'below.b.test': { a: ['192.0.2.2'] },
  'alias.test': { cname: 'A.test.' },
  'dangling.test': { cname: 'nowhere.test' },
  'circle.test': { cname: 'circle.test' },
  'servfail.test': { fails: 'servfail' },
  'refused.test': { fails: 'refused' },
  'cut.test': { a: ['192.0.2.9'], truncated: true },
};

test('the resolver without sockets gives the answers that come from the name server', async () => {
  const server = await startZoneServer(zones);
  try {
    const real = systemResolver({ servers: [server.server], clock: systemClock });
    const fake = fakeResolver(zones);
    for (const name of [...Object.keys(zones), 'nothing.test', 'b.test', 'A.TEST']) {
      for (const type of ['mx', 'a', 'aaaa', 'txt', 'srv'] as const) {
        const expected = await fake[type](name);
        const found = await real[type](name);
        assert.equal(found.kind, expected.kind, `${type} ${name}`);
        if (expected.kind === 'found') assert.deepEqual(found, expected, `${type} ${name}`);
      }
    }
  } finally {
    await server.close();
  }
});

test('the resolver without sockets says what it was asked, and sees changes', async () => {
  const world: Zones = {};
  const fake = fakeResolver(world);
  assert.equal((await fake.a('a.test')).kind, 'missing');
  world['a.test'] = { a: ['192.0.2.1'], authentic: true };
  assert.deepEqual(await fake.a('a.test'), { kind: 'found', records: ['192.0.2.1'], authentic: true });
  assert.equal((await fake.mx('a.test', AbortSignal.abort())).kind, 'failed');
  assert.deepEqual(fake.asked, ['A a.test', 'A a.test']);
});

test('a name server that is sent rubbish goes on, over UDP and TCP, in any pieces', async () => {
  const server = await startZoneServer(zones);
  try {
    const socket = connect(server.port, server.address);
    await once(socket, 'connect');
    socket.on('error', () => undefined);
    // A length and a part of what it announces, then a whole message that is none.
    socket.write(Buffer.from([0]));
    socket.write(Buffer.from([3, 1, 2, 3, 0, 200, 9]));
    socket.destroy();
    const real = systemResolver({ servers: [server.server], clock: systemClock });
    assert.equal((await real.a('cut.test')).kind, 'found');
  } finally {
    await server.close();
  }
});
