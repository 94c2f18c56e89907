/** Random addresses for tests that hold one answer against another. */
import fc from 'fast-check';
import { tricks } from './tricks.ts';

const TRICKS = tricks({ ours: 'a.test', user: 'alice', outside: 'out@b.test' }).map(({ to }) =>
  to.replace(/^<|>$/g, ''),
);

const locals = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('alice', 'Alice', 'bob', 'full', 'team', 'loop', 'brim', 'away', 'nobody') },
  {
    weight: 3,
    arbitrary: fc.constantFrom('alice+x', 'postmaster', 'ABUSE', 'sales', 'jos\u00e9', '*', 'x%b.test', '"a b"'),
  },
  fc.stringMatching(/^[a-z!%+."@\\ =&-]{1,12}$/),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
);
const domains = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a.test', 'A.TEST', 'cat.test', 'b.test', 'sub.a.test', 'b\u00fccher.test') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('a.test.', 'xn--bcher-kva.test', '[127.0.0.1]', '[IPv6:::1]', 'localhost', ''),
  },
  fc.stringMatching(/^[a-z0-9.@-]{1,20}$/),
);
/** Addresses as a client might send them: right ones at a.test and cat.test, wrong ones, tricks. Without line ends and angle brackets. */
export const addresses = fc
  .oneof(
    { weight: 6, arbitrary: fc.tuple(locals, domains).map(([local, domain]) => `${local}@${domain}`) },
    { weight: 4, arbitrary: fc.constantFrom(...TRICKS) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', 'postmaster', 'POSTMASTER', 'a@b> NOTIFY', `${'x'.repeat(3_000)}@a.test`),
    },
    { weight: 1, arbitrary: fc.string({ maxLength: 30 }) },
  )
  // A line end would make two commands of one, and a bracket at both ends is what a person may write for none.
  .map((text) => text.replace(/[\r\n>]|^</g, ''));
