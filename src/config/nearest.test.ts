import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from './nearest.ts';

test('the name that was probably meant', () => {
  const names = ['hostname', 'listen', 'listen_tls', 'message_size', 'give_up', 'port', 'host', 'tls', 'dot'];
  const expected: Readonly<Record<string, string | undefined>> = {
    hostnam: 'hostname',
    host_name: 'hostname',
    HostName: 'hostname',
    listne: 'listen',
    'listen-tls': 'listen_tls',
    messagesize: 'message_size',
    max_message_size: 'message_size',
    giveup: 'give_up',
    prot: 'port',
    hots: 'host',
    colour: undefined,
    xyz: undefined,
    '': undefined,
  };
  for (const [name, meant] of Object.entries(expected)) assert.equal(nearest(name, names), meant, name);
});

test('a name of any length takes no time', () => {
  assert.equal(nearest('x'.repeat(10_000_000), ['hostname']), undefined);
});
