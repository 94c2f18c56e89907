import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authenticate } from './authenticate.ts';
import type { LoginOutcome } from './authenticate.ts';
import type { SaslClient } from './client.ts';
import { saslMechanism } from './mechanisms.ts';
import { makeScramVerifier, parseScramVerifier } from './scram.ts';
import type { ScramVerifier } from './scram.ts';
import type { LoginVerdict, SaslBackend } from './server.ts';

const PEER = { address: '192.0.2.1', sessionId: 's' };
const BUSY = { kind: 'busy', rule: 'test-busy', text: 'Not now' } as const;
const VERIFIER = parseScramVerifier(makeScramVerifier('secret')) as ScramVerifier;

type Told = { readonly backend: SaslBackend<string>; readonly told: string[] };

function backend(verdict?: LoginVerdict<string>): Told {
  const told: string[] = [];
  const answer = (what: string, right: boolean): Promise<LoginVerdict<string>> => {
    told.push(what);
    return Promise.resolve(
      verdict ?? (right ? { kind: 'accepted', login: 'bob' } : { kind: 'refused', rule: 'r', text: 'No' }),
    );
  };
  return {
    told,
    backend: {
      password: (login) => answer(`password ${login.name}`, login.password === 'secret'),
      proof: (claim) => {
        told.push(`claim ${claim.name}`);
        return Promise.resolve(
          verdict?.kind === 'busy'
            ? verdict
            : { kind: 'verifier', verifier: VERIFIER, conclude: (proven) => answer(`proven ${proven}`, proven) },
        );
      },
    },
  };
}

/** A whole login of our own client; `last` stands for its answer to what comes after its proof. */
function logIn(
  { backend: to }: Told,
  name: string,
  password: string,
  last?: Buffer | 'cancelled',
): Promise<LoginOutcome<string, 'cancelled'>> {
  const row = saslMechanism(name);
  assert.ok(row !== undefined);
  const client: SaslClient = row.connect({ name: 'bob', password });
  let asked = 0;
  return authenticate<string, 'cancelled'>({
    mechanism: row,
    line: {},
    backend: to,
    peer: PEER,
    initial: client.initial,
    ask: (challenge) => {
      asked += 1;
      if (asked === 2 && last !== undefined) return Promise.resolve(last);
      return Promise.resolve(client.next(challenge) ?? 'cancelled');
    },
  });
}

test('every mechanism comes to the verdict of the backend', async () => {
  for (const name of ['PLAIN', 'LOGIN', 'SCRAM-SHA-256']) {
    assert.deepEqual(await logIn(backend(), name, 'secret'), { kind: 'accepted', login: 'bob' }, name);
    assert.equal((await logIn(backend(), name, 'wrong')).kind, 'refused', name);
    assert.deepEqual(await logIn(backend(BUSY), name, 'secret'), BUSY, name);
  }
});

test('[5802-5-server-proof] nobody is logged in before the client has believed us', async () => {
  const told = backend();
  await logIn(told, 'SCRAM-SHA-256', 'secret');
  assert.deepEqual(told.told, ['claim bob', 'proven true']);
  const cancelled = backend();
  assert.deepEqual(await logIn(cancelled, 'SCRAM-SHA-256', 'secret', 'cancelled'), {
    kind: 'stopped',
    by: 'cancelled',
  });
  assert.deepEqual(cancelled.told, ['claim bob']);
  const talkative = backend();
  assert.equal((await logIn(talkative, 'SCRAM-SHA-256', 'secret', Buffer.from('x'))).kind, 'malformed');
  assert.deepEqual(talkative.told, ['claim bob']);
});

test('[5802-3-wrong-proof] a wrong proof is told to the backend at once, and our own is not given', async () => {
  const told = backend();
  await logIn(told, 'SCRAM-SHA-256', 'wrong', Buffer.from('never asked'));
  assert.deepEqual(told.told, ['claim bob', 'proven false']);
});

test('a backend without verifiers has no such mechanism', async () => {
  const { password } = backend().backend;
  const outcome = await logIn({ backend: { password }, told: [] }, 'SCRAM-SHA-256', 'secret');
  assert.equal(outcome.kind, 'malformed');
});
