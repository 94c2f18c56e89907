/** `posthorn queue list`: why mail waits, counted by reason, and then the deliveries themselves. */
import { Command } from 'commander';
import { reasonOfEntry } from '../../app/index.ts';
import type { Keeper, QueueEntry, QueueFilter, ReasonSummary } from '../../app/index.ts';
import { systemClock, utc } from '../../base/index.ts';
import { wantsJson, withKeeper } from '../context.ts';
import { CommandError, print, printJson, printJsonList, printLongTable, printTable, say } from '../output.ts';
import type { Column } from '../output.ts';
import { age, COLUMNS } from './columns.ts';
import { filterOf, withFilters } from './filters.ts';
import type { FilterOptions } from './filters.ts';

interface ListOptions extends FilterOptions {
  readonly summary?: boolean;
  readonly limit?: string;
  readonly all?: boolean;
}

/** A screen or two. */
const SHOWN = 50;

export function listCommand(): Command {
  return withFilters(new Command('list').description('what waits, and why: counted by reason, then one by one'))
    .option('--ended', 'also what has ended')
    .option('--summary', 'only the counts by reason')
    .option('--limit <number>', `how many deliveries are shown (default ${SHOWN}; with --json all)`)
    .option('--all', 'all deliveries')
    .option('--json', 'print JSON: the deliveries, or with --summary the counts')
    .action(list);
}

async function list(options: ListOptions, command: Command): Promise<void> {
  const filter = filterOf(options);
  const limit = limitOf(options, wantsJson(command));
  await withKeeper(command, async (keeper) => {
    if (wantsJson(command)) await listAsJson(keeper, filter, { limit, summary: options.summary === true });
    else await listInWords(keeper, filter, { limit, summary: options.summary === true });
  });
}

interface Shown {
  readonly limit: number;
  readonly summary: boolean;
}

async function listAsJson(keeper: Keeper, filter: QueueFilter, { limit, summary }: Shown): Promise<void> {
  if (summary) printJson(await keeper.queueSummary(filter));
  else await printJsonList(withReasons(firstOf(keeper.queue(filter), limit)));
}

async function* withReasons(entries: AsyncIterable<QueueEntry>): AsyncGenerator<object> {
  for await (const entry of entries) yield { ...entry, reason: reasonOfEntry(entry) };
}

async function listInWords(keeper: Keeper, filter: QueueFilter, { limit, summary }: Shown): Promise<void> {
  const reasons = await keeper.queueSummary(filter);
  printTable(REASON_COLUMNS, reasons, Object.keys(filter).length === 0 ? EMPTY : NONE_FITS);
  if (summary || reasons.length === 0) return;
  print('');
  const shown = await printLongTable(COLUMNS, firstOf(keeper.queue(filter), limit), '');
  const total = reasons.reduce((sum, { count }) => sum + count, 0);
  if (total > shown) say(`${shown} of ${total} are shown; --all shows the others, a filter fewer.`);
}

const EMPTY = 'The queue is empty: nothing waits to be handed on.';
const NONE_FITS = 'Nothing in the queue fits what was asked for; "posthorn queue list" shows all that waits.';

const REASON_COLUMNS: readonly Column<ReasonSummary>[] = [
  { title: 'COUNT', align: 'right', value: ({ count }) => count },
  { title: 'REASON', value: ({ id }) => id },
  { title: 'IN WORDS', value: ({ words }) => words },
  { title: 'OLDEST', value: ({ oldestAt }) => age(systemClock.now() - oldestAt) },
  { title: 'NEXT TRY', value: ({ nextAt }) => (nextAt === undefined ? '-' : utc(nextAt)) },
];

function limitOf({ limit, all }: ListOptions, json: boolean): number {
  if (all === true || (limit === undefined && json)) return Infinity;
  const number = Number(limit ?? SHOWN);
  if (!Number.isInteger(number) || number < 1)
    throw new CommandError(`--limit takes a number from 1; "${limit ?? ''}" is none.`, 2);
  return number;
}

async function* firstOf(entries: AsyncIterable<QueueEntry>, limit: number): AsyncGenerator<QueueEntry> {
  let left = limit;
  for await (const entry of entries) {
    yield entry;
    left -= 1;
    if (left <= 0) return;
  }
}
