/** `posthorn queue retry`, `hold`, `release`, `fail`, `drop`: one order each, on messages by id or by filter. */
import { Command } from 'commander';
import type { Keeper, OperatorAction } from '../../app/index.ts';
import { wantsJson, withKeeper } from '../context.ts';
import { CommandError, print, printJson, say } from '../output.ts';
import { filterOf, messageFilter, withFilters } from './filters.ts';
import type { FilterOptions } from './filters.ts';

interface Order {
  readonly name: OperatorAction;
  readonly does: string;
  readonly done: string;
}

const ORDERS: readonly Order[] = [
  { name: 'retry', does: 'try again now', done: 'is tried again now' },
  { name: 'hold', does: 'stop trying until released', done: 'is held' },
  { name: 'release', does: 'let held messages go', done: 'is released' },
  { name: 'fail', does: 'give up now and send the bounce', done: 'is given up; its sender gets the bounce' },
  { name: 'drop', does: 'give up now and tell nobody', done: 'is dropped; its sender is not told' },
];

interface ChangeOptions extends FilterOptions {
  readonly all?: boolean;
}

export function changeCommands(): readonly Command[] {
  return ORDERS.map((order) =>
    withFilters(
      new Command(order.name)
        .argument('[messages...]')
        .description(`${order.does}: messages by id (or ID/N), or by filter`),
    )
      .option('--all', 'the whole queue')
      .option('--json', 'print the result as JSON')
      .action((messages: readonly string[], options: ChangeOptions, command: Command) =>
        change(order, messages, options, command),
      ),
  );
}

async function change(
  order: Order,
  messages: readonly string[],
  options: ChangeOptions,
  command: Command,
): Promise<void> {
  const filter = filterOf(options);
  if (messages.length === 0 && Object.keys(filter).length === 0 && options.all !== true) {
    throw new CommandError(
      'Name messages by their id, or a filter (--domain, --sender, --older-than, --reason, --in-state), or --all for the whole queue.',
      2,
    );
  }
  await withKeeper(command, async (keeper) => {
    const filters =
      messages.length === 0 ? [filter] : messages.map((message) => ({ ...filter, ...messageFilter(message) }));
    const results = await inTurn(filters, (one) => keeper.changeQueue(order.name, one));
    const changed = results.flatMap((one) => one.changed);
    const leftAlone = results.flatMap((one) => one.leftAlone);
    const reports = results.flatMap((one) => one.reports);
    if (wantsJson(command)) printJson({ changed, leftAlone, reports });
    else report(order, { changed, leftAlone, reports });
    if (changed.length === 0)
      throw new CommandError('Nothing in the queue was changed; "posthorn queue list" shows what is there.');
  });
}

async function inTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

type Changed = Awaited<ReturnType<Keeper['changeQueue']>>;

function report(order: Order, { changed, leftAlone, reports }: Changed): void {
  const done = order.name === 'fail' && reports.length === 0 ? 'is given up; no bounce is written' : order.done;
  for (const delivery of changed) print(`${delivery} ${done}.`);
  for (const id of reports) print(`The bounce is message ${id}.`);
  for (const delivery of leftAlone) say(`${delivery} was left alone: it is being sent just now, or it has ended.`);
}
