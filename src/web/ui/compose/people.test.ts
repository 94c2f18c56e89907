import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { formatPerson, readPeople, readPerson, splitPeople, whyNoAddress } from './people.ts';

test('people are read as they are typed and pasted', () => {
  const good: readonly [string, string | null, string][] = [
    ['bob@b.test', null, 'bob@b.test'],
    ['Bob Stone <bob@b.test>', 'Bob Stone', 'bob@b.test'],
    ['"Stone, Bob" <bob@b.test>', 'Stone, Bob', 'bob@b.test'],
    ['"A \\"B\\" C" <a@b.test>', 'A "B" C', 'a@b.test'],
    ['<bob@b.test>', null, 'bob@b.test'],
    ['mailto:bob@b.test', null, 'bob@b.test'],
    ['Jörg <jörg@bücher.example>', 'Jörg', 'jörg@bücher.example'],
    ['"a b"@b.test', null, '"a b"@b.test'],
    ['bob@[127.0.0.1]', null, 'bob@[127.0.0.1]'],
    ['Bob Stone <bob@b.test', 'Bob Stone', 'bob@b.test'],
    ['\u202abob@b\u200b.test\u202c', null, 'bob@b.test'],
    ['日本@例え。テスト', null, '日本@例え。テスト'],
  ];
  for (const [text, name, email] of good)
    assert.deepEqual(readPerson(text), { kind: 'person', person: { name, email } }, text);
});

test('what is no address stays as it was typed, with the reason', () => {
  const bad: readonly [string, RegExp][] = [
    ['bob', /has an @/],
    ['@b.test', /Before the @/],
    ['bob@', /Behind the @/],
    ['bob stone@b.test', /blank or a sign before/],
    ['bob@b .test', /in the domain/],
    ['bob@b!c.test', /in the domain/],
    ['bob@b%c.test', /in the domain/],
    ['bob@192.0.2.1', /in brackets/],
    [`bob@${'a'.repeat(64)}.test`, /longer than 63/],
    ['bob@b..test', /domain has a dot/],
    ['bob@.test', /domain has a dot/],
    ['.bob@b.test', /before the @ has a dot/],
    ['bob@-b.test', /hyphen/],
    [`${'x'.repeat(65)}@b.test`, /longer than 64/],
    [`bob@${'x.'.repeat(130)}test`, /longer than 255/],
    ['bob@a@b.test', /sign before the @/],
  ];
  for (const [text, why] of bad) {
    const entry = readPerson(text);
    assert.equal(entry.kind, 'unclear', text);
    assert.equal(entry.kind === 'unclear' && entry.text, text);
    assert.match(entry.kind === 'unclear' ? entry.why : '', why, text);
  }
});

test('a list is split at commas, semicolons and lines, but not within quotes', () => {
  assert.deepEqual(splitPeople('a@a.test, "B, C" <b@b.test>; c@c.test\nd@d.test,,'), [
    'a@a.test',
    '"B, C" <b@b.test>',
    'c@c.test',
    'd@d.test',
  ]);
  assert.deepEqual(splitPeople('"never ends <a@a.test>, b@b.test'), ['"never ends <a@a.test>', 'b@b.test']);
});

test('an address that is named twice stands once', () => {
  const people = readPeople('Bob <bob@b.test>, BOB@b.test, carol@c.test');
  assert.deepEqual(
    people.map((one) => (one.kind === 'person' ? one.person.email : '')),
    ['bob@b.test', 'carol@c.test'],
  );
});

test('more people than a message can go to are kept, and said to be too many', () => {
  const people = readPeople(Array.from({ length: 1_002 }, (_, n) => `p${n}@b.test`).join(', '));
  assert.equal(people.length, 1_001);
  assert.deepEqual(people.at(-1), {
    kind: 'unclear',
    text: 'p1000@b.test, p1001@b.test',
    why: 'More than 1,000 people at once are too many for one message: these were left over.',
  });
});

test('no text that is typed makes an error, loses a person, or lets a line end into an address', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a@b.test', '"', '<', '>', ',', '\r\n', '\\'))),
      (parts) => {
        for (const entry of readPeople(parts.join(''))) {
          if (entry.kind === 'unclear') continue;
          const { name, email } = entry.person;
          assert.doesNotMatch(`${name ?? ''}${email}`, /[\r\n\u0000]/u);
          assert.equal(whyNoAddress(email), undefined);
        }
      },
    ),
  );
});

test('what is written is read again as the same person', () => {
  const name = fc.stringMatching(/^[A-Za-z",;<>\\@ ]{0,20}$/u).map((text) => text.trim().replaceAll(/ +/gu, ' '));
  fc.assert(
    fc.property(name, (text) => {
      const person = { name: text === '' ? null : text, email: 'a@b.test' };
      assert.deepEqual(readPeople(formatPerson(person)), [{ kind: 'person', person }]);
    }),
  );
});
