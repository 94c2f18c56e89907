import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { docsPage } from './docs.ts';
import { example } from './example.ts';
import { explain } from './explain.ts';
import { allFields, fieldAt, parentOf, tableAt } from './fields.ts';
import { formatProblem, loadConfig } from './load.ts';
import type { Loaded } from './load.ts';

function load(toml: string): Loaded {
  const folder = mkdtempSync(join(tmpdir(), 'posthorn-example-'));
  try {
    writeFileSync(join(folder, 'config.toml'), toml);
    const result = loadConfig({
      file: join(folder, 'config.toml'),
      env: {},
      machine: { name: 'box', systemFile: '/nonexistent/x' },
    });
    assert.deepEqual(result.kind === 'bad' ? result.problems.map(formatProblem) : [], []);
    return result as Loaded;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('every setting has a table, a sentence, and a default that passes its own check', () => {
  assert.ok(allFields().length > 40);
  for (const path of allFields()) {
    const field = fieldAt(path)!;
    assert.ok(tableAt(parentOf(path)) !== undefined, path);
    assert.match(field.sentence, /^[A-Z"].*\.$/, path);
    if (field.initial !== undefined) assert.ok(field.kind.read(field.initial, '/').ok, path);
    else assert.ok(field.otherwise !== undefined || field.required === true, path);
    const shown = field.example ?? field.initial;
    assert.ok(shown !== undefined && field.kind.read(shown, '/').ok, `${path}: the example`);
  }
});

test('the example passes the check as it is, and says nothing but a name and a domain', () => {
  const loaded = load(example());
  assert.deepEqual([...loaded.written], ['hostname', 'domains']);
});

test('the example passes the check with every mark taken away, and then names every setting', () => {
  const loaded = load(example().replaceAll(/^#(?! )/gm, ''));
  assert.deepEqual([...loaded.written].toSorted(), [...allFields()].toSorted());
  assert.deepEqual(loaded.config.queue.retry, [60_000, 300_000, 900_000, 3_600_000, 14_400_000]);
});

test('docs/config.md is what the fields say', () => {
  const page = join(import.meta.dirname, '..', '..', 'docs', 'config.md');
  assert.ok(
    readFileSync(page, 'utf8') === docsPage(),
    'docs/config.md is not up to date: run `node src/config/write-docs.ts`',
  );
});

test('the page names every setting and its default, and the public example in it passes the check', () => {
  const page = docsPage();
  for (const path of allFields())
    assert.ok(page.includes(`| \`${path.slice(parentOf(path).length).replace('.', '')}\` |`), path);
  const toml = /```toml\n([^]*?)```/.exec(page)?.[1];
  assert.deepEqual(load(toml ?? assert.fail()).notes, []);
});

test('a setting, a table, a bare name and everything can be explained', () => {
  const paths = (wanted?: string): readonly string[] => {
    const found = explain(wanted);
    return found.kind === 'ok' ? found.fields.map((field) => field.path) : [];
  };
  assert.deepEqual(paths('queue.retry'), ['queue.retry']);
  assert.deepEqual(paths('[queue]'), [
    'queue.retry',
    'queue.give_up',
    'queue.delay_notice',
    'queue.most',
    'queue.most_per_destination',
    'queue.suppress',
  ]);
  assert.deepEqual(paths('outbound').length, 8);
  assert.deepEqual(paths('[[route]]').length, 8);
  assert.deepEqual(paths('route[0].login.user'), []);
  assert.deepEqual(paths('listen_tls'), ['submission.listen_tls', 'pop3.listen_tls', 'web.listen_tls']);
  assert.deepEqual(paths(), allFields());
  assert.deepEqual(explain('web.listen'), {
    kind: 'ok',
    fields: [
      {
        path: 'web.listen',
        type: 'list of address:port',
        default: '["127.0.0.1:2080"]',
        sentence: fieldAt('web.listen')!.sentence,
        change: 'restart',
      },
    ],
  });
});

test('an unknown name gets the nearest one', () => {
  const mend = (wanted: string): string => {
    const found = explain(wanted);
    return found.kind === 'unknown' ? found.mend : assert.fail(wanted);
  };
  assert.equal(mend('queue.retyr'), 'Did you mean queue.retry?');
  assert.equal(mend('hostnmae'), 'Did you mean hostname?');
  assert.equal(mend('messagesize'), 'Did you mean limits.message_size?');
  assert.match(mend('xyzzy'), /lists all/);
  assert.match(mend('x'.repeat(1_000_000)), /lists all/);
});
