import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LONGEST_RESPONSE, formatStatus, parseStatus } from './response.ts';
import type { StatusLine } from './response.ts';

const formatted: readonly (readonly [status: StatusLine, line: string])[] = [
  [{ positive: true, text: '' }, '+OK\r\n'],
  [{ positive: true, text: '2 320' }, '+OK 2 320\r\n'],
  [{ positive: false, text: 'no' }, '-ERR no\r\n'],
  [{ positive: false, code: 'IN-USE', text: 'locked' }, '-ERR [IN-USE] locked\r\n'],
  [{ positive: false, code: 'SYS/TEMP', text: '' }, '-ERR [SYS/TEMP]\r\n'],
  [{ positive: false, text: '[AUTH] no' }, '-ERR (AUTH] no\r\n'],
  [{ positive: false, code: 'A', text: '[AUTH] no' }, '-ERR [A] [AUTH] no\r\n'],
  [{ positive: true, text: 'a\r\n.\r\n+OK b\0' }, '+OK a??.??+OK b?\r\n'],
  [{ positive: true, text: 'grüße' }, '+OK gr??e\r\n'],
  [{ positive: false, code: 'X]\r\n', text: 'a' }, '-ERR [X???] a\r\n'],
];

for (const [status, line] of formatted) {
  test(`[2449-8-response-codes] a status line is formatted: ${JSON.stringify(line)}`, () => {
    assert.equal(formatStatus(status), line);
  });
}

test('[1939-3-response-length] a status line has at most 512 octets, and is one line of printable ASCII', () => {
  const text = fc.string({ unit: 'binary', maxLength: 2_000 });
  const status = fc.record({ positive: fc.boolean(), code: text, text }, { requiredKeys: ['positive', 'text'] });
  fc.assert(
    fc.property(status, (any) => {
      const line = formatStatus(any);
      assert.ok(Buffer.byteLength(line) <= LONGEST_RESPONSE);
      assert.match(line, /^(?:\+OK|-ERR)(?: [ -~]*)?\r\n$/);
    }),
  );
});

test('parse(format(status)) is the status, for texts that can be said', () => {
  const text = fc.stringMatching(/^[!-Z^-~][ -Z^-~]{0,80}$/);
  const code = fc.stringMatching(/^[A-Z-]{1,10}(?:\/[A-Z-]{1,10})?$/);
  fc.assert(
    fc.property(
      fc.record({ positive: fc.boolean(), code, text }, { requiredKeys: ['positive', 'text'], noNullPrototype: true }),
      (status) => {
        assert.deepEqual(parseStatus(formatStatus(status).slice(0, -2)), status);
      },
    ),
  );
});

test('what other servers say is understood, and what is no POP3 is not', () => {
  assert.deepEqual(parseStatus('+OK'), { positive: true, text: '' });
  assert.deepEqual(parseStatus('+ok ready <1@x>'), { positive: true, text: 'ready <1@x>' });
  assert.deepEqual(parseStatus('-ERR [sys/temp] later'), { positive: false, code: 'SYS/TEMP', text: 'later' });
  assert.deepEqual(parseStatus('-ERR [not closed'), { positive: false, text: '[not closed' });
  for (const line of ['', 'OK', '+OKAY', '220 smtp', '+ AAAA', ' +OK'])
    assert.equal(parseStatus(line), undefined, line);
});
