import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { reply } from '../../mail/index.ts';
import { NO_CAPABILITIES, parseEhlo } from './capabilities.ts';
import type { Capabilities } from './capabilities.ts';

function offered(...lines: readonly string[]): Capabilities {
  return parseEhlo(reply(250, undefined, ['mx.b.test hello', ...lines]));
}

const CASES: readonly (readonly [title: string, lines: readonly string[], expected: Partial<Capabilities>])[] = [
  ['nothing', [], {}],
  [
    'everything',
    [
      'SIZE 1000',
      'PIPELINING',
      '8BITMIME',
      'SMTPUTF8',
      'STARTTLS',
      'AUTH PLAIN LOGIN',
      'DSN',
      'CHUNKING',
      'ENHANCEDSTATUSCODES',
      'REQUIRETLS',
    ],
    {
      size: 1000,
      pipelining: true,
      eightBitMime: true,
      smtpUtf8: true,
      startTls: true,
      auth: ['PLAIN', 'LOGIN'],
      dsn: true,
      chunking: true,
      enhancedStatusCodes: true,
      requireTls: true,
    },
  ],
  ['lower case', ['size 7', 'pipelining', 'auth plain'], { size: 7, pipelining: true, auth: ['PLAIN'] }],
  ['SIZE without a number', ['SIZE'], { size: 0 }],
  ['SIZE 0', ['SIZE 0'], { size: 0 }],
  ['SIZE with rubbish', ['SIZE lots'], {}],
  ['SIZE too long', [`SIZE ${'9'.repeat(21)}`], {}],
  ['the old form of AUTH', ['AUTH=LOGIN PLAIN'], { auth: ['LOGIN', 'PLAIN'] }],
  ['both forms of AUTH', ['AUTH PLAIN', 'AUTH=LOGIN plain'], { auth: ['PLAIN', 'LOGIN'] }],
  ['AUTH without mechanisms', ['AUTH'], {}],
  ['spaces', ['  ', 'PIPELINING  ', 'AUTH   PLAIN '], { pipelining: true, auth: ['PLAIN'] }],
  ['what we do not know', ['XCLIENT NAME', 'VRFY', 'PIPELININGS'], {}],
  [
    'LIMITS',
    ['LIMITS MAILMAX=5 RCPTMAX=20 RCPTDOMAINMAX=1 OTHER=3'],
    { limits: { mailMax: 5, rcptMax: 20, rcptDomainMax: 1 } },
  ],
  ['LIMITS with rubbish', ['LIMITS RCPTMAX=0 MAILMAX=x =3 RCPTMAX'], {}],
  ['LIMITS named like something of the language', ['LIMITS CONSTRUCTOR=5 TOSTRING=1'], {}],
];

for (const [title, lines, expected] of CASES) {
  test(title, () => assert.deepEqual(offered(...lines), { ...NO_CAPABILITIES, name: 'mx.b.test', ...expected }));
}

test('the first line is a name and a greeting, whatever it looks like', () => {
  assert.deepEqual(parseEhlo(reply(250, undefined, ['PIPELINING STARTTLS'])), {
    ...NO_CAPABILITIES,
    name: 'PIPELINING',
  });
  assert.deepEqual(parseEhlo(reply(250, undefined, [''])), NO_CAPABILITIES);
});

test('any answer can be read', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 40 }), { minLength: 1, maxLength: 8 }), (lines) => {
      const capabilities = parseEhlo(reply(250, undefined, lines));
      assert.ok(capabilities.size === undefined || capabilities.size >= 0);
      assert.ok(Object.values(capabilities.limits).every((limit) => limit > 0));
    }),
    { numRuns: 200 },
  );
});
