/**
 * Whatever a server says, our client comes to an end, with an answer or with one of the two errors it knows.
 * FUZZ_RUNS sets how many cases are tried.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { WireError } from '../../net/index.ts';
import { scriptedWire } from '../../net/testing.ts';
import { Pop3Connection } from './connection.ts';
import { Pop3Error } from './error.ts';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 200);

const said = fc.oneof(
  fc.constantFrom('+OK\r\n', '+OK 2 320\r\n', '-ERR [IN-USE] no\r\n', '+ \r\n', '+ AAAA\r\n', '.\r\n', '1 2\r\n'),
  fc.constantFrom('+OK', '..\r\n', '\r\n', 'SASL PLAIN\r\n', '1 abc\r\n', '\n', '\0', '+ !\r\n', 'x'.repeat(9_000)),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const login = { name: 'alice', password: 'x' };
const sink = (): void => undefined;
const capabilities = [{ name: 'SASL', parameters: ['PLAIN', 'LOGIN'] }];
const tls = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', verified: true };
const asks: readonly ((client: Pop3Connection) => Promise<unknown>)[] = [
  (client) => client.capa(),
  (client) => client.login(login),
  (client) => client.authenticate(login, capabilities),
  (client) => client.authenticate(login, capabilities, ['LOGIN']),
  (client) => client.stat(),
  (client) => client.list(),
  (client) => client.uidl(),
  (client) => client.size(1),
  (client) => client.uniqueId(1),
  (client) => client.retr({ number: 1, sink, limit: 100 }),
  (client) => client.top({ number: 1, lines: 1, sink, limit: 100 }),
  (client) => client.dele(1),
  (client) => client.quit(),
];

async function settled(ask: () => Promise<unknown>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    assert.ok(error instanceof Pop3Error || error instanceof WireError, String(error));
  }
}

test('any server: each command of the client ends, with an answer or an error of its own', async () => {
  const cases = fc.array(fc.tuple(fc.constantFrom(...asks), fc.array(said, { maxLength: 6 })), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.boolean(), cases, async (greets, turns) => {
      const pieces = turns.map(([, words]) => words.join(''));
      const { wire } = scriptedWire([...(greets ? ['+OK hello\r\n'] : []), ...pieces], { tls });
      await settled(async () => {
        const client = await Pop3Connection.open(wire);
        for (const [ask] of turns) await settled(() => ask(client));
      });
    }),
    { numRuns },
  );
});
