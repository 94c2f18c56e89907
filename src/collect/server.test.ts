import assert from 'node:assert/strict';
import test from 'node:test';
import { formatServer, isOnThisMachine, parseServer } from './server.ts';

test('a server is named by an address', () => {
  const good: readonly [string, 'pop3' | 'smtp', string][] = [
    ['pop3s://pop.example.org', 'pop3', 'pop3s://pop.example.org:995'],
    ['pop3://pop.example.org', 'pop3', 'pop3://pop.example.org:110'],
    ['POP3S://Pop.Example.org:1995', 'pop3', 'pop3s://Pop.Example.org:1995'],
    ['pop3://127.0.0.1:2110?tls=none', 'pop3', 'pop3://127.0.0.1:2110?tls=none'],
    ['smtps://smtp.example.org', 'smtp', 'smtps://smtp.example.org:465'],
    ['smtp://[::1]:587', 'smtp', 'smtp://[::1]:587'],
  ];
  for (const [text, protocol, whole] of good) {
    const server = parseServer(text, protocol);
    assert.ok(typeof server === 'object', text);
    assert.equal(formatServer(server), whole);
    assert.deepEqual(parseServer(whole, protocol), server, 'read again the same');
  }
});

test('what is no server is told in a sentence', () => {
  const bad: readonly [string, RegExp][] = [
    ['', /not the address of a server/],
    ['pop.example.org', /not the address of a server/],
    ['imap://x.example.org', /begins with pop3s:/],
    ['smtp://x.example.org', /begins with pop3s:/],
    ['pop3s://', /not the address|names no host/],
    ['pop3s://bob:secret@x.example.org', /asked for by themselves/],
  ];
  for (const [text, sentence] of bad) {
    const said = parseServer(text, 'pop3');
    assert.ok(typeof said === 'string', text);
    assert.match(said, sentence, text);
    assert.doesNotMatch(said, /secret/);
  }
});

test('in clear only where the line never leaves this machine', () => {
  for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '::1']) assert.ok(isOnThisMachine({ host }), host);
  for (const host of ['example.org', '10.0.0.1', '::2', 'localhost.example.org', '127.0.0.1.example.org'])
    assert.ok(!isOnThisMachine({ host }), host);
});
