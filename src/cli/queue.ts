/** `posthorn queue …`: what we still owe to other servers, and what the keeper does about it. */
import { domainToASCII } from 'node:url';
import { Command } from 'commander';
import { EVERY_STATE } from '../app/index.ts';
import type { Keeper, OperatorAction, OperatorSelection, QueueEntry, QueueFilter } from '../app/index.ts';
import { parseDuration } from '../config/index.ts';
import { systemClock } from '../base/index.ts';
import { wantsJson, withKeeper } from './context.ts';
import { CommandError, print, printJson, printTable, say } from './output.ts';

interface FilterOptions {
  readonly domain?: string;
  readonly sender?: string;
  readonly olderThan?: string;
  readonly all?: boolean;
}

const ACTIONS: readonly { readonly name: OperatorAction; readonly does: string; readonly done: string }[] = [
  { name: 'retry', does: 'try again now', done: 'is tried again now' },
  { name: 'hold', does: 'stop trying until released', done: 'is held' },
  { name: 'release', does: 'let held messages go', done: 'is released' },
  { name: 'fail', does: 'give up now and send the bounce', done: 'is given up; its sender gets the bounce' },
  { name: 'drop', does: 'give up now and tell nobody', done: 'is dropped; its sender is not told' },
];

export function queueCommand(): Command {
  const queue = new Command('queue').description('messages on their way to other servers');
  withFilters(queue.command('list').description('what waits, and why'))
    .option('--ended', 'also what has ended')
    .option('--json', 'print JSON')
    .action(list);
  queue
    .command('show <message>')
    .description('every delivery of one message (or the one named by ID/N) with every try')
    .option('--json', 'print JSON')
    .action(show);
  for (const action of ACTIONS) {
    withFilters(
      queue
        .command(`${action.name} [messages...]`)
        .description(`${action.does}: messages by id (or ID/N), or by filter`),
    )
      .option('--all', 'the whole queue')
      .option('--json', 'print the result as JSON')
      .action((messages: readonly string[], options: FilterOptions, command: Command) =>
        change(action, messages, options, command),
      );
  }
  return queue;
}

function withFilters(command: Command): Command {
  return command
    .option('--domain <domain>', 'only those to this domain')
    .option('--sender <address>', 'only those from this sender, or from anybody "@a.test"')
    .option('--older-than <age>', 'only those taken in longer ago than, as "2h"');
}

function filterOf(options: FilterOptions): QueueFilter {
  const age = options.olderThan === undefined ? undefined : parseDuration(options.olderThan);
  if (options.olderThan !== undefined && age === undefined) {
    throw new CommandError(`--older-than takes an age such as "30m" or "2d"; "${options.olderThan}" is none.`, 2);
  }
  return {
    ...(options.domain === undefined ? {} : { domain: domainToASCII(options.domain) || options.domain.toLowerCase() }),
    ...(options.sender === undefined ? {} : { sender: options.sender }),
    ...(age === undefined ? {} : { receivedBefore: systemClock.now() - age }),
  };
}

async function list(options: FilterOptions & { readonly ended?: boolean }, command: Command): Promise<void> {
  const filter = { ...filterOf(options), ...(options.ended === true ? { states: EVERY_STATE } : {}) };
  await withKeeper(command, async (keeper) => {
    const entries = await gather(keeper.queue(filter));
    if (wantsJson(command)) printJson(entries);
    else printTable(COLUMNS, entries, 'The queue is empty: nothing waits to be handed on.');
  });
}

async function gather<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const COLUMNS = [
  { title: 'DELIVERY', value: (row: QueueEntry) => `${row.message}/${row.delivery.n}` },
  { title: 'STATE', value: (row: QueueEntry) => row.delivery.state },
  { title: 'FROM', value: (row: QueueEntry) => (row.mailFrom === '' ? '<>' : row.mailFrom) },
  { title: 'TO', value: (row: QueueEntry) => row.delivery.recipient },
  { title: 'TRIES', align: 'right' as const, value: (row: QueueEntry) => row.delivery.attempts },
  {
    title: 'NEXT TRY',
    value: (row: QueueEntry) => (row.delivery.state === 'waiting' ? time(row.delivery.nextAt) : '-'),
  },
  { title: 'WHY', value: (row: QueueEntry) => row.delivery.lastReply ?? '' },
];

function time(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

async function show(text: string, _options: object, command: Command): Promise<void> {
  const { message = text, n } = messageFilter(text);
  await withKeeper(command, async (keeper) => {
    const entries = (await keeper.queueOf(message)).filter((entry) => n === undefined || entry.delivery.n === n);
    if (entries.length === 0)
      throw new CommandError(
        `There is no message ${text} in the queue; "posthorn journey ${message}" tells where it went.`,
      );
    if (wantsJson(command)) {
      printJson(entries);
      return;
    }
    for (const { tries, ...entry } of entries) {
      printTable(COLUMNS, [entry], '');
      for (const one of tries) {
        const where = [one.host, one.ip === undefined ? undefined : `[${one.ip}]:${one.port ?? ''}`]
          .filter((part) => part !== undefined)
          .join(' ');
        const seconds = ((one.endedAt - one.startedAt) / 1000).toFixed(1);
        print(
          `  ${time(one.startedAt)}  try ${one.attempt}  ${where === '' ? 'no server' : where}  ${one.tls ?? 'in clear'}  ${seconds} s  ${one.reply ?? ''}`,
        );
      }
    }
  });
}

async function change(
  action: (typeof ACTIONS)[number],
  messages: readonly string[],
  options: FilterOptions,
  command: Command,
): Promise<void> {
  const filter = filterOf(options);
  if (messages.length === 0 && Object.keys(filter).length === 0 && options.all !== true) {
    throw new CommandError(
      `Name messages by their id, or a filter (--domain, --sender, --older-than), or --all for the whole queue.`,
      2,
    );
  }
  await withKeeper(command, async (keeper) => {
    const filters =
      messages.length === 0 ? [filter] : messages.map((message) => ({ ...filter, ...messageFilter(message) }));
    const results = await inTurn(filters, (one) => keeper.changeQueue(action.name, one));
    const changed = results.flatMap((one) => one.changed);
    const leftAlone = results.flatMap((one) => one.leftAlone);
    const reports = results.flatMap((one) => one.reports);
    if (wantsJson(command)) printJson({ changed, leftAlone, reports });
    else report(action, { changed, leftAlone, reports });
    if (changed.length === 0)
      throw new CommandError('Nothing in the queue was changed; "posthorn queue list" shows what is there.');
  });
}

/** `ID` or `ID/N`. */
function messageFilter(text: string): OperatorSelection {
  const [message = '', n] = text.split('/');
  return { message, ...(n === undefined ? {} : { n: Number(n) }) };
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

function report(action: (typeof ACTIONS)[number], { changed, leftAlone, reports }: Changed): void {
  for (const delivery of changed) print(`${delivery} ${action.done}.`);
  for (const id of reports) print(`The bounce is message ${id}.`);
  for (const delivery of leftAlone) say(`${delivery} was left alone: it is being sent just now, or it has ended.`);
}
