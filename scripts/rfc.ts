/**
 * The table of RFC rules: reads docs/rfc/*.toml, finds the tests that name each rule, and writes
 * docs/rfc.md. The page depends on the sources only, never on a run; whether the tests that are named
 * there ran and passed is asked by the `rules` step (rules.ts) of the test command.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'smol-toml';
import { ROOT } from './command.ts';
import { writeOrCheck } from './generated.ts';

const STATUSES = ['yes', 'later', 'no'] as const;

export interface Rule {
  readonly id: string;
  readonly section: string;
  readonly rule: string;
  readonly status: (typeof STATUSES)[number];
  readonly note: string;
}

export interface Rfc {
  readonly number: number;
  readonly title: string;
  readonly rules: readonly Rule[];
}

export interface RuleBook {
  readonly rfcs: readonly Rfc[];
  /** Rule id → the test files that name it, sorted. */
  readonly shownIn: ReadonlyMap<string, readonly string[]>;
  readonly problems: readonly string[];
}

/** An id as it stands in a title: RFC number, section, short word. */
const ID = String.raw`\d{3,5}-[0-9A-Za-z.]+(?:-[0-9A-Za-z][\w.]*)+`;
const WHOLE_ID = new RegExp(`^${ID}$`);
const BRACKETED_ID = new RegExp(String.raw`\[(${ID})\]`, 'g');

/** The ids that stand in square brackets in a text. */
export function idsIn(text: string): readonly string[] {
  return [...text.matchAll(BRACKETED_ID)].map((match) => match[1] ?? '');
}

/** Reads the rules and the tests below `root`. */
export function readRuleBook(root: string): RuleBook {
  const problems: string[] = [];
  const rfcs = readRfcs(root, problems);
  const known = new Set(rfcs.flatMap(({ rules }) => rules.map(({ id }) => id)));
  const shownIn = new Map<string, readonly string[]>();
  for (const [file, text] of testTexts(root)) {
    for (const id of new Set(idsIn(text))) {
      if (known.has(id)) shownIn.set(id, [...(shownIn.get(id) ?? []), file]);
      else problems.push(`${file} names [${id}], which is no rule in docs/rfc/`);
    }
  }
  return { rfcs, shownIn, problems };
}

/** The tests' own text; of a transcript only the `# …` lines, which say what it shows. */
function testTexts(root: string): readonly (readonly [file: string, text: string])[] {
  const files = globSync(['{src,test}/**/*.{test,fuzz}.ts', '{src,test}/**/transcripts/**/*.txt'], { cwd: root });
  return files.sort().map((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return [file, file.endsWith('.txt') ? (text.match(/^#.*$/gm) ?? []).join('\n') : text];
  });
}

function readRfcs(root: string, problems: string[]): readonly Rfc[] {
  const byNumber = new Map<number, { title: string; rules: Rule[] }>();
  const firstFile = new Map<string, string>();
  for (const file of globSync('docs/rfc/*.toml', { cwd: root }).sort()) {
    const number = Number.parseInt(/^\d+/.exec(basename(file))?.[0] ?? '', 10);
    if (Number.isNaN(number)) problems.push(`${file} does not begin with the number of an RFC`);
    const table = readToml(join(root, file), file, problems);
    const rfc = byNumber.get(number) ?? { title: '', rules: [] };
    if (typeof table['title'] === 'string' && rfc.title === '') rfc.title = table['title'];
    for (const row of Array.isArray(table['rule']) ? (table['rule'] as Record<string, unknown>[]) : []) {
      const rule = readRule(row, number, file, problems);
      const other = firstFile.get(rule.id);
      if (other !== undefined) problems.push(`${file} has the rule ${rule.id}, which ${other} has too`);
      firstFile.set(rule.id, file);
      rfc.rules.push(rule);
    }
    byNumber.set(number, rfc);
  }
  for (const [number, { title }] of byNumber) if (title === '') problems.push(`no file gives RFC ${number} its title`);
  return [...byNumber].map(([number, rfc]) => ({ number, ...rfc })).sort((a, b) => a.number - b.number);
}

function readToml(path: string, file: string, problems: string[]): Record<string, unknown> {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    problems.push(`${file} is not TOML: ${(error as Error).message.split('\n')[0]}`);
    return {};
  }
}

const FIELDS = new Set(['id', 'section', 'rule', 'status', 'note']);

function readRule(row: Readonly<Record<string, unknown>>, number: number, file: string, problems: string[]): Rule {
  const text = (field: string): string => (typeof row[field] === 'string' ? row[field].trim() : '');
  const status = STATUSES.find((one) => one === row['status']);
  const rule: Rule = {
    id: text('id'),
    section: text('section'),
    rule: text('rule'),
    status: status ?? 'no',
    note: text('note'),
  };
  const say = (what: string): void => void problems.push(`${file}: rule ${JSON.stringify(row['id'] ?? '')} ${what}`);
  if (!WHOLE_ID.test(rule.id)) say('needs an id like "5321-4.5.2-stuffing": RFC, section, short word');
  else if (!rule.id.startsWith(`${number}-`)) say(`stands in the file of RFC ${number}`);
  if (rule.rule === '') say('says nothing: `rule` is missing');
  if (rule.section === '') say('has no `section`');
  if (status === undefined) say(`has the status ${JSON.stringify(row['status'])}; it is one of ${STATUSES.join(', ')}`);
  if (status !== undefined && status !== 'yes' && rule.note === '')
    say(`is "${status}" and needs a \`note\` that says why or when`);
  for (const field of Object.keys(row)) if (!FIELDS.has(field)) say(`has the unknown field ${JSON.stringify(field)}`);
  return rule;
}

// --- The page ---

/** Sections in the order of the RFC: 4.5 before 4.10, numbers before appendices. */
function bySection(a: Rule, b: Rule): number {
  return a.section.localeCompare(b.section, 'en', { numeric: true }) || (a.id < b.id ? -1 : 1);
}

export function page(book: RuleBook): string {
  const all = book.rfcs.flatMap(({ rules }) => rules);
  const lines = [
    '# RFC rules and the tests that show them',
    '',
    'Generated from `docs/rfc/*.toml` and the titles of the tests by `npm run docs`; edit those, not this page.',
    'The test command fails when a rule with the status *yes* has no test that ran and passed.',
    '',
    `${counts(all)}.`,
  ];
  for (const rfc of book.rfcs) {
    lines.push('', `## RFC ${rfc.number} — ${rfc.title}`, '', `${counts(rfc.rules)}.`, '');
    lines.push('| section | rule | status | test |', '| --- | --- | --- | --- |');
    for (const rule of [...rfc.rules].sort(bySection)) lines.push(row(rule, book.shownIn.get(rule.id) ?? []));
  }
  return `${lines.join('\n')}\n`;
}

function counts(rules: readonly Rule[]): string {
  const each = STATUSES.map((status) => `${rules.filter((rule) => rule.status === status).length} ${status}`);
  return `${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}: ${each.join(', ')}`;
}

function row(rule: Rule, files: readonly string[]): string {
  const note = rule.note === '' ? '' : ` — ${rule.note}`;
  const tests = files.map((file) => `[${basename(file)}](../${file})`).join(', ');
  const cells = [rule.section, `${plain(rule.rule)}<br>\`${rule.id}\``, plain(`${rule.status}${note}`), tests];
  return `| ${cells.join(' | ')} |`;
}

/** Text that Markdown shows as it is: an address in angle brackets is no HTML, a bar no border. */
function plain(text: string): string {
  return text
    .replaceAll('<', '&lt;')
    .replaceAll('|', String.raw`\|`)
    .replace(/\s+/g, ' ');
}

if (import.meta.main) {
  const book = readRuleBook(ROOT);
  for (const problem of book.problems) process.stdout.write(`${problem}\n`);
  process.stdout.write(`rfc: ${book.rfcs.length} RFCs, ${counts(book.rfcs.flatMap(({ rules }) => rules))}\n`);
  const stale = writeOrCheck(join(ROOT, 'docs/rfc.md'), page(book), process.argv.includes('--check'));
  if (stale !== undefined) process.stdout.write(`${stale}\n`);
  process.exitCode = book.problems.length > 0 || stale !== undefined ? 1 : 0;
}
