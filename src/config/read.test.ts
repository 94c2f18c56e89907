import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assemble } from './assemble.ts';
import { checkTogether, remarks } from './check.ts';
import { allFields, TABLES } from './fields.ts';
import { readFields } from './read.ts';

/** What a TOML file may hold anywhere: names that are known, values that may or may not fit. */
const names = fc.oneof(
  fc.constantFrom(...[...allFields(), ...TABLES.map(({ path }) => path)].flatMap((path) => path.split('.'))),
  fc.string({ maxLength: 12 }),
);
const words = fc.oneof(
  fc.constantFrom<unknown>(
    '127.0.0.1:25',
    ':25',
    '5m',
    '50MB',
    'a.test',
    'a@a.test',
    '*',
    'never',
    '192.0.2.0/24',
    '',
    0,
    25,
    1n,
    true,
    new Date(NaN),
  ),
  fc.string(),
  fc.double(),
  fc.integer(),
);
const { toml } = fc.letrec<{ toml: object; value: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, words, fc.array(tie('value'), { maxLength: 3 }), tie('toml')),
  toml: fc.dictionary(names, tie('value'), { maxKeys: 6 }),
}));

test('whatever stands in a file: a value for every setting or a sentence for every fault, never an exception', () => {
  fc.assert(
    fc.property(toml, (file) => {
      const { values, routes, written, faults } = readFields(file, '/etc/posthorn');
      for (const { at, problem, mend } of faults) {
        assert.ok(at.length < 300 && !/[\n\0]/.test(at), at);
        assert.ok(problem !== '' && problem.length < 300 && !/[\n\0]/.test(problem), problem);
        assert.match(mend, /[.?]$/);
      }
      if (faults.length > 0) return;
      const config = assemble(values, routes, { machineName: 'box' });
      assert.ok(Array.isArray(checkTogether(config, routes)) && Array.isArray(remarks(config, written)));
      assert.ok(config.queue.retry.every((ms) => Number.isSafeInteger(ms) && ms > 0));
    }),
    { numRuns: 500 },
  );
});

test('a file without faults that is read again gives the same', () => {
  const port = fc.integer({ min: 0, max: 65_535 });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.ipV4(), port), { maxLength: 5 }), (endpoints) => {
      const listen = endpoints.map(([host, number]) => `${host}:${number}`);
      const { values, faults } = readFields({ smtp: { listen } }, '/');
      assert.deepEqual(faults, []);
      assert.deepEqual(
        values['smtp.listen'],
        endpoints.map(([host, number]) => ({ host, port: number })),
      );
    }),
  );
});

test('lists are bounded', () => {
  const many = Array.from({ length: 10_001 }, (_, i) => ({ domain: `d${i}.test`, host: 'h.test' }));
  assert.deepEqual(readFields({ route: many.slice(1) }, '/').faults, []);
  assert.match(readFields({ route: many }, '/').faults[0]!.mend, /10000 at most/);
  assert.match(
    readFields({ smtp: { listen: Array.from({ length: 65 }, () => '127.0.0.1:0') } }, '/').faults[0]!.mend,
    /64 at most/,
  );
});

test('a name that nobody would write is told in short', () => {
  const [fault] = readFields({ ['\n\x1b'.repeat(1_000_000)]: 1 }, '/').faults;
  assert.ok(fault!.at.length < 100 && !fault!.at.includes('\n'));
});
