/**
 * What a test run prints and what it leaves behind: the usual `spec` lines on the terminal, and the
 * outcome of every test, by its full title, in the JSON file that TEST_RESULTS names. From that file
 * come the sums at the end, the rule against skips in CI, and the check that every RFC rule was shown.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { Readable } from 'node:stream';
import { spec } from 'node:test/reporters';

export type Outcome = 'passed' | 'failed' | 'skipped';

export interface TestResult {
  /** Path from the root of the tree. */
  readonly file: string;
  /** The titles of the suites and tests around it, outermost first, joined by ' > '. */
  readonly title: string;
  readonly outcome: Outcome;
}

/** The part of node:test's events that is read here. */
export interface Event {
  readonly type: string;
  readonly data: {
    readonly name?: string;
    readonly nesting?: number;
    readonly file?: string | undefined;
    readonly skip?: unknown;
    readonly todo?: unknown;
    readonly details?: { readonly type?: string | undefined; readonly error?: { readonly failureType?: string } };
  };
}

/** Turns events into results. A test or suite that only failed because of what it contains is not counted again. */
export class Results {
  readonly list: TestResult[] = [];
  readonly #titles: string[] = [];

  add({ type, data }: Event): void {
    const { name = '', nesting = 0 } = data;
    if (type === 'test:start') {
      this.#titles.length = nesting;
      this.#titles[nesting] = name;
    }
    if (type !== 'test:pass' && type !== 'test:fail') return;
    const outcome = outcomeOf(type, data);
    if (outcome === undefined) return;
    const file = data.file === undefined ? '' : relative(process.cwd(), data.file);
    this.list.push({ file, title: [...this.#titles.slice(0, nesting), name].join(' > '), outcome });
  }
}

function outcomeOf(type: string, { skip, todo, details, name, file }: Event['data']): Outcome | undefined {
  if (isSet(skip) || isSet(todo)) return 'skipped';
  if (type === 'test:fail') return details?.error?.failureType === 'subtestsFailed' ? undefined : 'failed';
  if (details?.type === 'suite') return undefined;
  // node:test reports a file without any test as one that passed, under the file's own name.
  const isEmptyFile = file !== undefined && name !== undefined && name.endsWith('.ts') && file.endsWith(name);
  return isEmptyFile ? 'failed' : 'passed';
}

/** skip and todo are true or a reason, which may be empty. */
const isSet = (value: unknown): boolean => value !== undefined && value !== false;

export default async function* report(events: AsyncIterable<Event>): AsyncIterable<string | Buffer> {
  const results = new Results();
  // At the exit, so that a run which is stopped in the middle leaves what it knows too.
  process.once('exit', () => save(results.list));
  async function* watched(): AsyncIterable<Event> {
    for await (const event of events) {
      results.add(event);
      yield event;
    }
  }
  yield* Readable.from(watched()).pipe(new spec()) as AsyncIterable<string | Buffer>;
}

function save(results: readonly TestResult[]): void {
  const path = process.env['TEST_RESULTS'];
  if (path === undefined) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(results, undefined, 1));
}
