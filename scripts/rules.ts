/**
 * After the test runs: was each rule that docs/rfc/ calls kept (`yes`) really shown, by a test that
 * names it in its title and passed in this run?
 */
import { idsIn, type RuleBook } from './rfc.ts';
import type { TestResult } from './reporter.ts';
import { runOf } from './runs.ts';

export interface Shown {
  /** Rules that no test has shown, as sentences. */
  readonly problems: readonly string[];
  /** Rules whose tests were skipped or belong to runs that were not asked for. */
  readonly open: readonly string[];
  readonly shown: number;
}

/** @param ran results by the name of the run; runs that are not in it were not asked for. */
export function checkRules(book: RuleBook, ran: ReadonlyMap<string, readonly TestResult[]>): Shown {
  const results = [...ran.values()].flat();
  const passed = idsWith(results, 'passed');
  const failed = idsWith(results, 'failed');
  const skipped = idsWith(results, 'skipped');
  const kept = book.rfcs.flatMap(({ rules }) => rules).filter(({ status }) => status === 'yes');
  const problems: string[] = [];
  const open: string[] = [];
  for (const { id } of kept) {
    const files = book.shownIn.get(id) ?? [];
    if (failed.has(id)) problems.push(`${id}: a test that names it failed`);
    else if (passed.has(id)) continue;
    else if (skipped.has(id)) open.push(`${id}: its test was skipped`);
    else if (files.some((file) => !ran.has(runOf(file) ?? ''))) open.push(`${id}: its tests were not asked for`);
    else
      problems.push(
        files.length === 0
          ? `${id}: no test names it`
          : `${id}: ${files.join(', ')} names it, but no test with it in its title ran`,
      );
  }
  return { problems, open, shown: kept.length - problems.length - open.length };
}

function idsWith(results: readonly TestResult[], outcome: TestResult['outcome']): ReadonlySet<string> {
  return new Set(results.filter((one) => one.outcome === outcome).flatMap(({ title }) => idsIn(title)));
}
