/**
 * Every sentence that our servers can say, read from the syntax tree of their sources, so that each can be asked
 * for in the golden sessions. What is said to nobody (errors that are thrown, lines of the log) isn't one.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';

export interface Sentence {
  readonly file: string;
  readonly line: number;
  /** HOLE stands where a value is put in. */
  readonly text: string;
}

const HOLE = '…';

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

/** Each sentence of the files, wherever it stands in them; a file in `exclude` says nothing to a client of these servers. */
export function sentencesIn(root: string, globs: readonly string[], exclude: readonly string[]): readonly Sentence[] {
  const files = globSync([...globs], { cwd: root })
    .map((file) => file.split('\\').join('/'))
    .filter((file) => !/\.(test|fuzz)\.ts$/.test(file) && !exclude.includes(file));
  return files.toSorted().flatMap((file) => sentencesOf(file, readFileSync(join(root, file), 'utf8')));
}

export function sentencesOf(file: string, source: string): readonly Sentence[] {
  const found: Sentence[] = [];
  walk(parseSync(file, source).program as unknown as Node, (node) => {
    if (isPrivate(node, file)) return false;
    const text = textOf(node);
    if (text === undefined) return true;
    if (isSentence(text)) found.push({ file, line: source.slice(0, node.start).split('\n').length, text });
    return node.type === 'TemplateLiteral';
  });
  return found;
}

/** The lines of the server in golden sessions. */
export function saidIn(root: string, globs: readonly string[]): readonly string[] {
  return linesIn(root, globs).filter((line) => /^S[:~] /.test(line));
}

function linesIn(root: string, globs: readonly string[]): readonly string[] {
  return globSync([...globs], { cwd: root }).flatMap((file) => readFileSync(join(root, file), 'utf8').split('\n'));
}

/** The commands in them. */
export function heardIn(root: string, globs: readonly string[]): readonly string[] {
  return linesIn(root, globs).flatMap((line) => (/^C[:<*] /.test(line) ? [line.slice(3)] : []));
}

export function isSaid(sentence: Sentence, lines: readonly string[]): boolean {
  const parts = sentence.text.split(HOLE).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(parts.join('.+'));
  return lines.some((line) => pattern.test(line) || pattern.test(line.replaceAll('\\', '')));
}

/** Two words at least. */
function isSentence(text: string): boolean {
  return /[A-Za-z,…]{2,} [A-Za-z…]/.test(text) && /[a-z]{2,}/.test(text.replaceAll(HOLE, ''));
}

/** Visits what is below a node unless `visit` says false. */
function walk(node: Node, visit: (node: Node) => boolean): void {
  if (!visit(node)) return;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === 'object' && child !== null && typeof (child as Node).type === 'string')
        walk(child as Node, visit);
    }
  }
}

/** What is told to nobody on the wire: errors that are thrown, the log, why a session ended, what a rule says to keepers. */
function isPrivate(node: Node, file: string): boolean {
  const { callee } = node as { readonly callee?: Node };
  switch (node.type) {
    case 'ThrowStatement':
      return true;
    case 'NewExpression':
      return /Error$|^SessionEnd$|^BrokenMessage$/.test(nameOf(callee));
    case 'CallExpression':
      return callee?.type === 'Super' || /^(?:error|warn|info|debug|end)$/.test(nameOf(callee?.['property']));
    case 'Property':
      return nameOf(node['key']) === 'says' || (file.startsWith('src/pop3/') && nameOf(node['key']) === 'why');
    case 'VariableDeclarator':
      return nameOf(node['id']) === 'why';
    default:
      return false;
  }
}

function nameOf(node: unknown): string {
  const name = (node as Node | undefined)?.['name'];
  return typeof name === 'string' ? name : '';
}

function textOf(node: Node): string | undefined {
  if (node.type === 'Literal') return typeof node['value'] === 'string' ? node['value'] : undefined;
  if (node.type === 'TemplateLiteral') {
    const quasis = node['quasis'] as readonly { readonly value: { readonly cooked: string } }[];
    return quasis.map(({ value }) => value.cooked).join(HOLE);
  }
  if (node.type !== 'BinaryExpression' || node['operator'] !== '+') return undefined;
  const [left, right] = [textOf(node['left'] as Node), textOf(node['right'] as Node)];
  return left === undefined || right === undefined ? undefined : left + right;
}
