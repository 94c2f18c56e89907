import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeOrCheck } from './generated.ts';
import type { TestResult } from './reporter.ts';
import { idsIn, page, readRuleBook } from './rfc.ts';
import { checkRules } from './rules.ts';
import { makeTree } from './trees.ts';

const row = (id: string, status = 'yes', more = ''): string =>
  `[[rule]]\nid = "${id}"\nsection = "${id.split('-')[1]}"\nrule = "what ${id} asks"\nstatus = "${status}"\n${more}\n`;

/** Two files of one RFC, one of another, tests and a transcript that name their rules. */
const TREE = {
  'docs/rfc/5321.toml': `title = "SMTP"\n${row('5321-4.10-ten')}${row('5321-4.5.2-stuffing')}`,
  'docs/rfc/5321-client.toml': `title = "SMTP"\n${row('5321-4.5.4-retry', 'later', 'note = "with the | queue of <a>"')}`,
  'docs/rfc/1939.toml': `title = "POP3"\n${row('1939-5-apop', 'no', 'note = "MD5"')}${row('1939-3-lines')}`,
  'src/smtp/a.test.ts': `test('[5321-4.5.2-stuffing] x', f); test(\`[5321-4.10-ten] \${y}\`, f);`,
  'src/smtp/b.fuzz.ts': `test('[5321-4.5.2-stuffing] y', f);`,
  'src/pop3/transcripts/lines.txt': `# [1939-3-lines] lines end in CRLF\nC: STAT [9999-1-not-a-comment]\n`,
};

test('rules and the tests that name them are read', (t) => {
  const book = readRuleBook(makeTree(t, TREE));
  assert.deepEqual(book.problems, []);
  assert.deepEqual(
    book.rfcs.map(({ number, rules }) => [number, rules.length]),
    [
      [1939, 2],
      [5321, 3],
    ],
  );
  assert.deepEqual(book.shownIn.get('5321-4.5.2-stuffing'), ['src/smtp/a.test.ts', 'src/smtp/b.fuzz.ts']);
  assert.deepEqual(book.shownIn.get('1939-3-lines'), ['src/pop3/transcripts/lines.txt']);
});

test('the page lists each RFC in the order of its sections, with its tests, and is the same each time', (t) => {
  const root = makeTree(t, TREE);
  const text = page(readRuleBook(root));
  assert.equal(text, page(readRuleBook(root)));
  assert.match(text, /5 rules: 3 yes, 1 later, 1 no/);
  assert.match(text, /RFC 1939 — POP3[^]*RFC 5321 — SMTP[^]*\n\| 4\.5\.2 [^]*\n\| 4\.5\.4 [^]*\n\| 4\.10 /);
  assert.match(text, /\| yes \| \[a\.test\.ts\]\(\.\.\/src\/smtp\/a\.test\.ts\), \[b\.fuzz\.ts\]/);
  assert.match(text, /\| later — with the \\\| queue of &lt;a> \|/);
});

const WRONG: readonly (readonly [what: string, file: string, text: string, problem: RegExp])[] = [
  [
    'an id that stands twice',
    'docs/rfc/5321-x.toml',
    row('5321-4.10-ten'),
    /has the rule 5321-4\.10-ten, which .* has too/,
  ],
  [
    'an unknown status',
    'docs/rfc/5321-x.toml',
    row('5321-1-a', 'maybe'),
    /status "maybe"; it is one of yes, later, no/,
  ],
  ['an id of another RFC', 'docs/rfc/5321-x.toml', row('5322-1-a'), /stands in the file of RFC 5321/],
  ['an id without a word', 'docs/rfc/5321-x.toml', row('5321-1'), /needs an id like/],
  [
    'a rule that says nothing',
    'docs/rfc/5321-x.toml',
    `[[rule]]\nid = "5321-1-a"\nsection = "1"\nstatus = "yes"`,
    /says nothing/,
  ],
  ['a rule without its section', 'docs/rfc/5321-x.toml', row('5321-1-a').replace(/section.*/, ''), /has no `section`/],
  ['"no" without a reason', 'docs/rfc/5321-x.toml', row('5321-1-a', 'no'), /needs a `note`/],
  ['a field nobody knows', 'docs/rfc/5321-x.toml', row('5321-1-a', 'yes', 'test = "x"'), /unknown field "test"/],
  ['an RFC without a title', 'docs/rfc/821.toml', row('821-1-a'), /no file gives RFC 821 its title/],
  ['a file without a number', 'docs/rfc/smtp.toml', 'title = "x"', /does not begin with the number/],
  ['a file that is not TOML', 'docs/rfc/821.toml', 'title = ', /is not TOML/],
  [
    'a test of a rule that is not there',
    'src/a.test.ts',
    `test('[5321-9.9-nothing]')`,
    /a\.test\.ts names \[5321-9\.9-nothing\]/,
  ],
];

for (const [what, file, text, problem] of WRONG) {
  test(`refused is ${what}`, (t) => {
    assert.match(readRuleBook(makeTree(t, { ...TREE, [file]: text })).problems.join('\n'), problem);
  });
}

test('ids are read from titles, and ranges, literals and lists are no ids', () => {
  assert.deepEqual(idsIn('a [5321-4.5.3.1.1-local-length] b [2047-5-q][8620-A.1-x]'), [
    '5321-4.5.3.1.1-local-length',
    '2047-5-q',
    '8620-A.1-x',
  ]);
  assert.deepEqual(idsIn('[0-9] [127.0.0.1] [100-200] [IPv6:2001-db8] [5321]'), []);
});

const result = (title: string, outcome: TestResult['outcome']): TestResult => ({ file: 'x', title, outcome });
const ALL_PASSED = [
  result('[5321-4.5.2-stuffing] [5321-4.10-ten]', 'passed'),
  result('suite > [1939-3-lines] a', 'passed'),
];

test('a rule that is kept must be shown by a test that passed', (t) => {
  const book = readRuleBook(makeTree(t, TREE));
  const check = (...results: readonly TestResult[]): unknown => {
    const { problems, open, shown } = checkRules(
      book,
      new Map([
        ['unit', results],
        ['fuzz', []],
      ]),
    );
    return { problems, open, shown };
  };
  assert.deepEqual(check(...ALL_PASSED), { problems: [], open: [], shown: 3 });
  assert.deepEqual(check(ALL_PASSED[0]!, result('[1939-3-lines] a', 'skipped')), {
    problems: [],
    open: ['1939-3-lines: its test was skipped'],
    shown: 2,
  });
  assert.deepEqual(check(...ALL_PASSED, result('[1939-3-lines] b', 'failed')), {
    problems: ['1939-3-lines: a test that names it failed'],
    open: [],
    shown: 2,
  });
  assert.deepEqual(check(ALL_PASSED[0]!), {
    problems: ['1939-3-lines: src/pop3/transcripts/lines.txt names it, but no test with it in its title ran'],
    open: [],
    shown: 2,
  });
});

test('a rule that no test names is not shown; one whose run was not asked for stays open', (t) => {
  const { 'src/pop3/transcripts/lines.txt': _, ...rest } = TREE;
  const without = readRuleBook(makeTree(t, rest));
  assert.deepEqual(checkRules(without, new Map([['unit', ALL_PASSED.slice(0, 1)]])).problems, [
    '1939-3-lines: no test names it',
  ]);
  const { problems, open } = checkRules(readRuleBook(makeTree(t, TREE)), new Map());
  assert.deepEqual([problems.length, open.length], [0, 3]);
});

test('a generated page is written, and --check refuses one that differs', (t) => {
  const path = join(makeTree(t, { 'page.md': 'old\n' }), 'page.md');
  assert.match(writeOrCheck(path, 'new\n', true) ?? '', /page\.md is not what its sources say; run npm run docs/);
  assert.equal(readFileSync(path, 'utf8'), 'old\n');
  assert.equal(writeOrCheck(path, 'new\n', false), undefined);
  assert.equal(readFileSync(path, 'utf8'), 'new\n');
  assert.equal(writeOrCheck(path, 'new\n', true), undefined);
});
