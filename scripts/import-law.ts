/**
 * The import law: which folder of src/ may import from which (docs/architecture.md has the table in
 * words). Read from the syntax tree, so that static and dynamic imports, re-exports, import types and
 * worker files all count. It refuses to succeed when it has read too little to mean anything.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { parseSync } from 'oxc-parser';

interface Folder {
  readonly floor: number;
  /** The folders it may import from; 'below' is every folder of a lower floor. */
  readonly from: readonly string[] | 'below';
}

/** The floors of the house. A folder that isn't here may not exist. */
export const FOLDERS: Readonly<Record<string, Folder>> = {
  base: { floor: 0, from: [] },
  mail: { floor: 1, from: ['base'] },
  net: { floor: 1, from: ['base'] },
  sasl: { floor: 1, from: ['base'] },
  mime: { floor: 2, from: ['base', 'mail'] },
  dns: { floor: 2, from: ['base', 'mail'] },
  smtp: { floor: 2, from: ['base', 'mail', 'net', 'sasl'] },
  pop3: { floor: 2, from: ['base', 'net', 'sasl'] },
  config: { floor: 2, from: ['base', 'mail'] },
  reasons: { floor: 2, from: ['base', 'mail'] },
  store: { floor: 3, from: ['base', 'mail', 'mime'] },
  outbound: { floor: 3, from: ['base', 'mail', 'mime', 'net', 'dns', 'sasl', 'smtp'] },
  accounts: { floor: 4, from: ['base', 'mail', 'sasl', 'store'] },
  checks: { floor: 4, from: ['base', 'mail', 'dns', 'store'] },
  intake: { floor: 5, from: ['base', 'mail', 'mime', 'store', 'accounts', 'checks'] },
  queue: { floor: 6, from: ['base', 'mail', 'mime', 'reasons', 'store', 'intake', 'outbound'] },
  collect: { floor: 6, from: ['base', 'mail', 'net', 'dns', 'sasl', 'smtp', 'pop3', 'store', 'intake'] },
  servers: { floor: 6, from: 'below' },
  journey: { floor: 6, from: ['base', 'mail', 'reasons', 'store'] },
  jmap: { floor: 7, from: 'below' },
  web: { floor: 8, from: 'below' },
  app: { floor: 9, from: 'below' },
  cli: { floor: 10, from: ['base', 'config', 'app'] },
};

/** One import as it stands in a file. */
export interface Import {
  readonly file: string;
  readonly line: number;
  /** What stands between the quotes; undefined when it is computed. */
  readonly target: string | undefined;
  /** A value import in this thread: what a runtime cycle is made of. */
  readonly runtime: boolean;
}

export interface Findings {
  readonly files: number;
  readonly imports: number;
  readonly problems: readonly string[];
}

/** Fewer than these were read: then the check has looked at the wrong place. */
export interface Minimum {
  readonly files: number;
  readonly imports: number;
}

const THIS_TREE: Minimum = { files: 250, imports: 1000 };

/** Reads src/, test/ and bench/ below `root`. */
export function checkTree(root: string, minimum: Minimum): Findings {
  const files = globSync('{src,test,bench}/**/*.{ts,tsx}', { cwd: root })
    .map((file) => file.split('\\').join('/'))
    .sort();
  const problems: string[] = [];
  const imports: Import[] = [];
  for (const file of files) {
    const source = readFileSync(join(root, file), 'utf8');
    const read = readFile(file, source);
    imports.push(...read.imports);
    problems.push(...read.problems, ...read.imports.flatMap((one) => judge(root, one)));
  }
  problems.push(...cycles(imports));
  if (files.length < minimum.files || imports.length < minimum.imports) {
    problems.push(
      `read only ${files.length} files and ${imports.length} imports; at least ${minimum.files} and ` +
        `${minimum.imports} were expected, so this check looks at the wrong place`,
    );
  }
  return { files: files.length, imports: imports.length, problems };
}

// --- Reading one file ---

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

const SQL =
  /\b(SELECT\s.+\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|(CREATE|ALTER|DROP)\s+(UNIQUE\s+)?(TABLE|INDEX|VIEW|TRIGGER)|PRAGMA\s+\w|BEGIN\s+IMMEDIATE)\b/s;
const ENGINES = new Set(['node:sqlite', 'sqlite', 'pg']);

function readFile(file: string, source: string): { readonly imports: Import[]; readonly problems: string[] } {
  const parsed = parseSync(file, source);
  const imports: Import[] = [];
  const problems = parsed.errors.map((error) => `${file}: ${error.message}`);
  const lineOf = (node: Node): number => source.slice(0, node.start).split('\n').length;
  walk(parsed.program as unknown as Node, (node) => {
    const found = importOf(node);
    if (found !== undefined) imports.push({ file, line: lineOf(node), ...found });
    const text = textOf(node);
    if (text !== undefined && SQL.test(text) && mayNotHoldSql(file)) {
      problems.push(`${file}:${lineOf(node)} holds SQL; only src/store/ does`);
    }
  });
  return { imports, problems };
}

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === 'object' && child !== null && typeof (child as Node).type === 'string') {
        walk(child as Node, visit);
      }
    }
  }
}

function importOf(node: Node): Pick<Import, 'target' | 'runtime'> | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
      return { target: literal(node['source']), runtime: node['importKind'] !== 'type' };
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      if (node['source'] === null) return undefined;
      return { target: literal(node['source']), runtime: node['exportKind'] !== 'type' };
    case 'ImportExpression':
      return { target: literal(node['source']), runtime: true };
    case 'TSImportType':
      return { target: literal(node['source']), runtime: false };
    case 'NewExpression':
      return workerFile(node);
    default:
      return undefined;
  }
}

/** `new URL('./worker.ts', import.meta.url)`: a file of this program that runs in another thread. */
function workerFile(node: Node): Pick<Import, 'target' | 'runtime'> | undefined {
  const [path, base] = node['arguments'] as readonly Node[];
  if ((node['callee'] as Node)['name'] !== 'URL' || base?.type !== 'MemberExpression') return undefined;
  const target = literal(path);
  return target?.endsWith('.ts') === true ? { target, runtime: false } : undefined;
}

function literal(node: unknown): string | undefined {
  const value = (node as Node | undefined)?.['value'];
  return typeof value === 'string' ? value : undefined;
}

function textOf(node: Node): string | undefined {
  if (node.type === 'Literal') return literal(node);
  if (node.type === 'TemplateElement') return (node['value'] as { readonly cooked: string | null }).cooked ?? undefined;
  return undefined;
}

// --- The law ---

const isTest = (file: string): boolean => /\.(test|fuzz)\.ts$/.test(file) || !file.startsWith('src/');
/** What the browser runs. How it is built is not part of it. */
const isUi = (file: string): boolean => file.startsWith('src/web/ui/') && !file.endsWith('/vite.config.ts');
/** Pure code that both sides of the wire run: one judgement of an address, wherever it is made. */
const isBoth = (file: string): boolean => file.startsWith('src/web/links/');
/** testing.ts hands out what other folders' tests need; fakes, contract suites and players of transcripts are named so. */
const isForTests = (file: string): boolean =>
  /\/(contract\/.*|(testing|transcript|(fake|contract)(-.*)?)\.ts)$/.test(file);
const folderOf = (file: string): string | undefined => /^src\/([^/]+)\//.exec(file)?.[1];
const mayNotHoldSql = (file: string): boolean => folderOf(file) !== 'store' && !isTest(file);

function judge(root: string, one: Import): readonly string[] {
  const at = `${one.file}:${one.line}`;
  if (one.target === undefined) return [`${at} computes what it imports; write the path out`];
  if (ENGINES.has(one.target) && mayNotHoldSql(one.file)) return [`${at} imports ${one.target}; only src/store/ does`];
  if (
    (isUi(one.file) || isBoth(one.file)) &&
    one.target.startsWith('node:') &&
    !isTest(one.file) &&
    !isForTests(one.file)
  ) {
    return [`${at} imports ${one.target}; there is no Node in a browser`];
  }
  if (!one.target.startsWith('.')) return [];
  const target = resolve(one);
  const say = (what: string): readonly string[] => [`${at} imports ${target}: ${what}`];
  if (!existsSync(join(root, target))) return say('there is no such file');
  const from = folderOf(one.file);
  const to = folderOf(target);
  if (one.file.startsWith('src/') && (from === undefined || FOLDERS[from] === undefined)) {
    return [`${one.file} stands in no folder of the house`];
  }
  if (to === undefined) return from === undefined || isTest(one.file) ? [] : say('src/ imports only from src/');
  if (FOLDERS[to] === undefined) return say(`${to}/ is no folder of the house`);
  if (isForTests(target) && !isTest(one.file) && !isForTests(one.file)) return say('that file is for tests');
  if (isUi(one.file) !== isUi(target)) return acrossTheWire(one, target, say);
  if (from === to) return [];
  // They make pages out of pieces of the webmail.
  if (one.file.startsWith('test/browser/') && to === 'web') return [];
  if (posix.basename(target) === 'testing.ts')
    return target === `src/${to}/testing.ts` ? [] : say(`only ${to}/testing.ts is for other tests`);
  if (target !== `src/${to}/index.ts`) return say(`only ${to}/index.ts is for other folders`);
  if (from !== undefined && !mayImport(from, to)) return say(`${from}/ may not import from ${to}/`);
  return [];
}

/** What runs in the browser, and what runs on the server, share nothing but the types of the protocol between them. */
function acrossTheWire(one: Import, target: string, say: (what: string) => readonly string[]): readonly string[] {
  if (isBoth(target)) return [];
  if (isUi(target)) return isTest(one.file) ? [] : say('that runs in a browser');
  if (isTest(one.file) || isForTests(one.file)) return [];
  return target === 'src/jmap/index.ts' && !one.runtime ? [] : say('web/ui/ may import only types, of jmap/');
}

const resolve = (one: Import): string => posix.normalize(posix.join(dirname(one.file), one.target ?? ''));

function mayImport(from: string, to: string): boolean {
  const rule = FOLDERS[from];
  const other = FOLDERS[to];
  if (rule === undefined || other === undefined) return false;
  return rule.from === 'below' ? other.floor < rule.floor : rule.from.includes(to);
}

/** Files that import each other at run time, each ring told once, in the order of its imports. */
function cycles(imports: readonly Import[]): readonly string[] {
  const edges = new Map<string, string[]>();
  for (const one of imports) {
    if (!one.runtime || one.target?.startsWith('.') !== true) continue;
    edges.set(one.file, [...(edges.get(one.file) ?? []), resolve(one)]);
  }
  const problems: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const seen = path.indexOf(file);
    if (seen >= 0) problems.push(`imports in a ring: ${[...path.slice(seen), file].join(' → ')}`);
    if (seen >= 0 || done.has(file)) return;
    path.push(file);
    for (const next of edges.get(file) ?? []) visit(next);
    path.pop();
    done.add(file);
  };
  for (const file of edges.keys()) visit(file);
  return problems;
}

if (import.meta.main) {
  const found = checkTree(join(import.meta.dirname, '..'), THIS_TREE);
  for (const problem of found.problems) process.stdout.write(`${problem}\n`);
  process.stdout.write(
    `import law: ${found.files} files, ${found.imports} imports, ${found.problems.length} problems\n`,
  );
  process.exitCode = found.problems.length === 0 ? 0 : 1;
}
