import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { anyCharacter } from '../mail/testing.ts';
import type { SaslLine } from './line.ts';
import { prepareName, preparePassword, saslPrep } from './prepare.ts';
import { makeScramVerifier, parseScramVerifier } from './scram.ts';
import type { ScramVerifier } from './scram.ts';
import { scramClient } from './scram-client.ts';
import { scramServer } from './scram-server.ts';
import type { SaslExchange, SaslStep } from './server.ts';

/** The example of RFC 7677 §3. */
const SALT = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
const CLIENT_NONCE = 'rOprNGfwEbeRWgbNEkqO';
const SERVER_NONCE = '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
const SERVER_FIRST = `r=${CLIENT_NONCE}${SERVER_NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`;
const CLIENT_FINAL = `c=biws,r=${CLIENT_NONCE}${SERVER_NONCE},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`;
const SERVER_FINAL = 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=';

const IN_CLEAR: SaslLine = {};
const TLS_13: SaslLine = { channelBinding: (type) => Buffer.from(`${type} of this connection`) };
const NO_HASH: SaslLine = { channelBinding: (type) => (type === 'tls-exporter' ? Buffer.from('x') : undefined) };

function verifierOf(password: string, salt: Buffer = SALT): ScramVerifier {
  return parseScramVerifier(makeScramVerifier(password, { salt })) as ScramVerifier;
}

const PENCIL = verifierOf('pencil');

function say(exchange: SaslExchange, text: string): SaslStep {
  return exchange.next(Buffer.from(text));
}

/** The server's first message, whatever it is answered to. */
function begun(text: string, options: { readonly plus?: boolean; readonly line?: SaslLine } = {}): SaslExchange {
  const exchange = scramServer({ plus: false, line: IN_CLEAR, nonce: SERVER_NONCE, ...options });
  const claim = say(exchange, text);
  assert.ok(claim.kind === 'claim', claim.kind);
  assert.equal(claim.resume(PENCIL).kind, 'challenge');
  return exchange;
}

test("[7677-3-exchange] the RFC's example exchange, as the server", () => {
  const exchange = scramServer({ plus: false, line: IN_CLEAR, nonce: SERVER_NONCE });
  const claim = say(exchange, `n,,n=user,r=${CLIENT_NONCE}`);
  assert.ok(claim.kind === 'claim');
  assert.deepEqual(claim.claim, { mechanism: 'SCRAM-SHA-256', name: 'user', actAs: '' });
  const challenge = claim.resume(PENCIL);
  assert.ok(challenge.kind === 'challenge');
  assert.equal(challenge.data.toString(), SERVER_FIRST);
  const proof = say(exchange, CLIENT_FINAL);
  assert.ok(proof.kind === 'proof' && proof.proven);
  assert.equal(proof.last.toString(), SERVER_FINAL);
});

test("[7677-3-exchange] the RFC's example exchange, as the client", () => {
  const client = scramClient(
    { name: 'user', password: 'pencil' },
    { plus: false, place: undefined, nonce: CLIENT_NONCE },
  );
  assert.equal(client.initial?.toString(), `n,,n=user,r=${CLIENT_NONCE}`);
  assert.equal(client.mayEnd(), false);
  assert.equal(client.next(Buffer.from(SERVER_FIRST))?.toString(), CLIENT_FINAL);
  assert.equal(client.mayEnd(), false);
  assert.equal(client.next(Buffer.from(SERVER_FINAL))?.length, 0);
  assert.equal(client.mayEnd(), true);
});

test('[5802-5-client-first-speaks] without an initial response the client is asked with nothing, once', () => {
  const exchange = scramServer({ plus: false, line: IN_CLEAR });
  assert.deepEqual(exchange.next(undefined), { kind: 'challenge', data: Buffer.alloc(0) });
  assert.equal(say(exchange, 'n,,n=user,r=abc').kind, 'claim');
  const silent = scramServer({ plus: false, line: IN_CLEAR });
  silent.next(undefined);
  assert.equal(silent.next(undefined).kind, 'malformed');
});

test('[5802-5.1-nonce] each exchange adds a nonce of its own to the one of the client', () => {
  const nonces = [1, 2].map(() => {
    const claim = say(scramServer({ plus: false, line: IN_CLEAR }), 'n,,n=user,r=abc');
    const challenge = claim.kind === 'claim' ? claim.resume(PENCIL) : claim;
    const nonce = challenge.kind === 'challenge' ? /^r=(abc[^,]{24}),/.exec(challenge.data.toString())?.[1] : undefined;
    assert.ok(nonce !== undefined);
    return nonce;
  });
  assert.equal(new Set(nonces).size, 2);
});

test('[5802-5.1-nonce] a proof with another nonce is refused, even where only our part was changed or left out', () => {
  for (const nonce of ['abc', CLIENT_NONCE, SERVER_NONCE, `${CLIENT_NONCE}${SERVER_NONCE}x`, `x${SERVER_NONCE}`]) {
    const final = CLIENT_FINAL.replace(CLIENT_NONCE + SERVER_NONCE, nonce);
    assert.equal(say(begun(`n,,n=user,r=${CLIENT_NONCE}`), final).kind, 'malformed', nonce);
  }
});

test('[5802-3-wrong-proof] a wrong proof does not fit, and the exchange is over', () => {
  const exchange = begun(`n,,n=user,r=${CLIENT_NONCE}`);
  const step = say(exchange, CLIENT_FINAL.replace('p=dH', 'p=eH'));
  assert.ok(step.kind === 'proof' && !step.proven);
  assert.equal(say(exchange, CLIENT_FINAL).kind, 'malformed');
});

test('whatever is said a second time, the exchange is over', () => {
  const exchange = begun(`n,,n=user,r=${CLIENT_NONCE}`);
  assert.equal(say(exchange, CLIENT_FINAL).kind, 'proof');
  for (const again of [CLIENT_FINAL, 'n,,n=user,r=abc', '']) assert.equal(say(exchange, again).kind, 'malformed');
  const failed = scramServer({ plus: false, line: IN_CLEAR });
  assert.equal(say(failed, 'nonsense').kind, 'malformed');
  assert.equal(say(failed, 'n,,n=user,r=abc').kind, 'malformed');
});

test('[5802-6-flags] a flag fits its mechanism and what was offered, or the login fails', () => {
  const table: readonly (readonly [string, boolean, SaslLine, SaslStep['kind']])[] = [
    ['n', false, IN_CLEAR, 'claim'],
    ['y', false, IN_CLEAR, 'claim'],
    ['n', false, TLS_13, 'claim'],
    // -PLUS was offered and the client did not see it: somebody is in between.
    ['y', false, TLS_13, 'refused'],
    ['p=tls-exporter', false, TLS_13, 'malformed'],
    ['p=tls-exporter', false, IN_CLEAR, 'malformed'],
    ['n', true, TLS_13, 'malformed'],
    ['y', true, TLS_13, 'malformed'],
    ['p=tls-exporter', true, TLS_13, 'claim'],
    ['p=tls-server-end-point', true, TLS_13, 'claim'],
    ['p=tls-server-end-point', true, NO_HASH, 'refused'],
    ['p=tls-unique', true, TLS_13, 'refused'],
    ['p=TLS-EXPORTER', true, TLS_13, 'refused'],
    ['p=toString', true, TLS_13, 'refused'],
    ['p=tls-exporter', true, IN_CLEAR, 'refused'],
  ];
  for (const [flag, plus, line, kind] of table) {
    const step = say(scramServer({ plus, line }), `${flag},,n=user,r=abc`);
    assert.equal(step.kind, kind, `${flag} ${plus ? '-PLUS' : ''}`);
  }
});

function bound(type: string, data: string, line: SaslLine = TLS_13): SaslStep {
  const exchange = begun(`p=${type},,n=user,r=${CLIENT_NONCE}`, { plus: true, line });
  const c = Buffer.from(`p=${type},,${data}`).toString('base64');
  return say(exchange, CLIENT_FINAL.replace('biws', c));
}

test('[5802-6-bound] a proof made on another connection is refused', () => {
  assert.equal(bound('tls-exporter', 'tls-exporter of this connection').kind, 'proof');
  assert.equal(bound('tls-server-end-point', 'tls-server-end-point of this connection').kind, 'proof');
  for (const data of ['', 'tls-exporter of another connection', 'tls-server-end-point of this connection']) {
    const step = bound('tls-exporter', data);
    assert.ok(step.kind === 'refused' && step.rule === 'channel-binding', data);
  }
});

test('[5802-5.1-header] without channel binding c= is the beginning of the first message, as it was sent', () => {
  const final = (header: string): string => CLIENT_FINAL.replace('biws', Buffer.from(header).toString('base64'));
  assert.equal(say(begun(`n,a=bob,n=user,r=${CLIENT_NONCE}`), final('n,a=bob,')).kind, 'proof');
  assert.equal(say(begun(`y,,n=user,r=${CLIENT_NONCE}`), final('y,,')).kind, 'proof');
  for (const header of ['y,,', 'n,', 'n,a=bob,', 'p=tls-exporter,,x', 'n,,x'])
    assert.equal(say(begun(`n,,n=user,r=${CLIENT_NONCE}`), final(header)).kind, 'malformed', header);
});

test('[5802-5.1-names] the name is read with its escapes and in NFC; what can not be a name is refused', () => {
  const claim = say(scramServer({ plus: false, line: IN_CLEAR }), 'n,a=b=3Db,n=u\u0308=2Cx,r=abc');
  assert.ok(claim.kind === 'claim');
  assert.deepEqual(claim.claim, { mechanism: 'SCRAM-SHA-256', name: 'ü,x', actAs: 'b=b' });
  for (const text of ['n,,n=us\ner,r=abc', 'n,a=\r,n=user,r=abc', `n,,n=${'x'.repeat(1025)},r=abc`])
    assert.equal(say(scramServer({ plus: false, line: IN_CLEAR }), text).kind, 'malformed');
});

test('no sentence repeats what was sent', () => {
  for (const text of ['secret', 'n,,n=secret', 'n,,n=secret=,r=abc', 'p=secret,,n=u,r=abc', 'n,,n=u,r=abc,secret=x']) {
    const step = say(scramServer({ plus: false, line: IN_CLEAR }), text);
    assert.ok(step.kind === 'malformed' && !step.text.includes('secret'), text);
  }
});

/** Plays a whole login of our own client; what the server found out. */
function play(
  login: { readonly name: string; readonly password: string },
  options: { readonly plus: boolean; readonly line: SaslLine; readonly verifier: ScramVerifier },
): { readonly name: string; readonly proven: boolean; readonly believed: boolean } {
  const { plus, line, verifier } = options;
  const client = scramClient(login, { plus, place: { line, plusOffered: plus } });
  const server = scramServer({ plus, line: plus || line === IN_CLEAR ? line : IN_CLEAR });
  const claim = server.next(client.initial);
  assert.ok(claim.kind === 'claim', JSON.stringify(claim));
  const challenge = claim.resume(verifier);
  assert.ok(challenge.kind === 'challenge');
  const proof = server.next(client.next(challenge.data));
  assert.ok(proof.kind === 'proof', JSON.stringify(proof));
  const last = client.next(proof.last);
  return { name: claim.claim.name, proven: proof.proven, believed: last?.length === 0 && client.mayEnd() };
}

test('[5802-5-exchange] our client logs in to our server, whatever the name and the password are', () => {
  const text = fc.string({ unit: anyCharacter, minLength: 1, maxLength: 20 });
  const odd = fc.constantFrom('I\u00adX', '\u2168', 'a,b=c', '\u00aa', '\u0627\u0031', '\u00a0', '\u200d', 'ﬁ', 'Å', '=2C', 'a\ufe0f', '\u{1d11e}'); // prettier-ignore
  fc.assert(
    fc.property(fc.oneof(text, odd), fc.oneof(text, odd), fc.boolean(), fc.boolean(), (name, password, plus, tls) => {
      const prepared = preparePassword(password);
      if (prepared === undefined || prepareName(name) === undefined) return;
      const line = plus || tls ? TLS_13 : IN_CLEAR;
      const result = play({ name, password }, { plus, line, verifier: verifierOf(prepared) });
      assert.deepEqual(result, {
        name: saslPrep(prepareName(name) ?? '').normalize('NFC'),
        proven: true,
        believed: true,
      });
    }),
    { numRuns: 100 },
  );
});

test('[5802-5-exchange] with another password neither side believes the other', () => {
  for (const plus of [false, true]) {
    const verifier = verifierOf('pencil');
    const result = play({ name: 'user', password: 'Pencil' }, { plus, line: plus ? TLS_13 : IN_CLEAR, verifier });
    assert.deepEqual(result, { name: 'user', proven: false, believed: false });
  }
});

test('no octets make the exchange throw, and none are proven', () => {
  const piece = fc.constantFrom('n,,n=u,r=abc', 'p=tls-exporter,,n=u,r=a', CLIENT_FINAL, `c=biws,r=abc${SERVER_NONCE}`, ',p=YQ==', ''); // prettier-ignore
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.tuple(piece, fc.uint8Array({ maxLength: 6 })), { nil: undefined }), { maxLength: 5 }),
      fc.boolean(),
      (responses, plus) => {
        const exchange = scramServer({ plus, line: TLS_13, nonce: SERVER_NONCE });
        for (const response of responses) {
          let step = exchange.next(response && Buffer.concat([Buffer.from(response[0]), response[1]]));
          if (step.kind === 'claim') step = step.resume(PENCIL);
          assert.ok(step.kind !== 'proof' || !step.proven);
        }
      },
    ),
    { numRuns: 500 },
  );
});
