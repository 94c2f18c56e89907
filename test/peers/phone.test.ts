/** A client like the one of a phone: it takes the headers by TOP first, a few messages whole, and remembers UIDLs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sendMail } from '../conversation.ts';
import { PASSWORD, run, startHost } from '../program.ts';
import { requirePeer } from './peers.ts';

const PHONE_PY = fileURLToPath(new URL('phone.py', import.meta.url));
const BOB = 'bob@a.test';

interface Visit {
  /** Subjects of what it had not seen before. */
  readonly fresh: readonly string[];
  /** How many it knew and did not find any more. */
  readonly gone: number;
  readonly left: number;
  readonly opened: Readonly<Record<string, string>>;
}

const SESSIONS = [
  { open: ['two', 'Grüße'], delete: [], vanish: false },
  { open: [], delete: ['one', 'two'], vanish: true },
  { open: ['one'], delete: ['one'], vanish: false },
  { open: ['large'], delete: ['large'], vanish: false },
  { open: [], delete: [], vanish: false },
];

test('headers by TOP first, some messages whole, deletions by QUIT only', async (t) => {
  const python = requirePeer(t, 'python3');
  if (python === undefined) return;
  const host = await startHost(t, { accounts: [BOB] });
  const texts = {
    one: 'Subject: one\n\nfirst\n',
    two: 'Subject: two\n\n.a dot\n..two dots\n.\nthe end\n',
    Grüße: 'Subject: Grüße\n\nGrüße, 8-bit\n',
    large: `Subject: large\n\n${`${'x'.repeat(70)}\n`.repeat(30_000)}`,
  };
  for (const text of Object.values(texts)) {
    const parameters = ' BODY=8BITMIME SMTPUTF8';
    const answer = await sendMail(host.port('smtp'), { from: 'ann@b.test', to: [BOB], text, parameters });
    assert.match(answer, /^250 /);
  }

  for (const tls of ['starttls', 'implicit'] as const) {
    const login = { user: BOB, password: PASSWORD, certificate: host.certificate };
    const sessions = tls === 'starttls' ? SESSIONS.slice(0, 2) : SESSIONS;
    const ran = await run(python, [
      PHONE_PY,
      JSON.stringify({ ...login, tls, port: host.port('pop3', tls), sessions }),
    ]);
    assert.equal(ran.code, 0, ran.stderr);
    const [first, lost, third, fourth, last] = JSON.parse(ran.stdout) as [Visit, Visit, Visit?, Visit?, Visit?];
    assert.deepEqual(first.fresh.toSorted(), Object.keys(texts).toSorted(), tls);
    assert.deepEqual(Object.keys(first.opened).toSorted(), ['Grüße', 'two'].toSorted());
    const twice = Buffer.from(texts.Grüße).toString('latin1');
    assert.ok(
      first.opened['Grüße']?.endsWith(twice.replace(/\n/g, '\r\n').replace(/\r\n$/, '')),
      first.opened['Grüße'],
    );
    assert.ok(first.opened['two']?.endsWith('\r\n\r\n.a dot\r\n..two dots\r\n.\r\nthe end'), first.opened['two']);
    assert.deepEqual({ ...lost, opened: {} }, { fresh: [], gone: 0, left: 4, opened: {} });
    if (tls === 'starttls') continue;
    assert.deepEqual([third?.fresh, third?.gone, third?.left], [[], 0, 4], 'what was deleted without QUIT is there');
    assert.deepEqual([fourth?.fresh, fourth?.gone, fourth?.left], [[], 1, 3]);
    assert.equal(fourth?.opened['large']?.split('\r\n').filter((line) => /^x{70}$/.test(line)).length, 30_000);
    assert.deepEqual([last?.fresh, last?.gone, last?.left], [[], 1, 2]);
  }
});
