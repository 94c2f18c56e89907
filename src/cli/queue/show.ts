/** `posthorn queue show`: every delivery of one message, and of each every try with the server's whole answer. */
import { Command } from 'commander';
import { explainReason, reasonOfEntry } from '../../app/index.ts';
import type { AttemptRecord, QueueView } from '../../app/index.ts';
import { utc } from '../../base/index.ts';
import { wantsJson, withKeeper } from '../context.ts';
import { CommandError, print, printJson, printTable } from '../output.ts';
import { COLUMNS } from './columns.ts';
import { messageFilter } from './filters.ts';

export function showCommand(): Command {
  return new Command('show')
    .argument('<message>')
    .description('every delivery of one message (or the one named by ID/N) with every try')
    .option('--json', 'print JSON')
    .action(show);
}

async function show(text: string, _options: object, command: Command): Promise<void> {
  const { message, n } = messageFilter(text);
  await withKeeper(command, async (keeper) => {
    const entries = (await keeper.queueOf(message)).filter((entry) => n === undefined || entry.delivery.n === n);
    if (entries.length === 0)
      throw new CommandError(
        `There is no message ${text} in the queue; "posthorn journey ${message}" tells where it went.`,
      );
    if (wantsJson(command)) printJson(entries);
    else for (const entry of entries) printEntry(entry);
  });
}

function printEntry({ tries, ...entry }: QueueView): void {
  const { delivery } = entry;
  printTable(COLUMNS, [entry], '');
  for (const line of explainReason(reasonOfEntry(entry).id)) print(`  ${line}`);
  if (delivery.stopRequestedAt !== undefined)
    print(`  It was taken back on ${utc(delivery.stopRequestedAt)}, while it was being sent.`);
  if (delivery.mayHaveLeft === true)
    print('  A try ended without an answer behind the end of the message: the next server may have it.');
  for (const one of tries) for (const line of tryInWords(one)) print(line);
}

/** Who was asked, how, how long it took; then the whole answer, line by line. */
function tryInWords({
  attempt,
  host,
  ip,
  port,
  tls,
  startedAt,
  endedAt,
  reply = '',
}: AttemptRecord): readonly string[] {
  const where = [host, ip === undefined ? undefined : `[${ip}]:${port ?? ''}`].filter((part) => part !== undefined);
  const facts = [
    `  ${utc(startedAt)}`,
    `try ${attempt}`,
    where.length === 0 ? 'no server' : where.join(' '),
    ...(where.length === 0 ? [] : [tls ?? 'in clear']),
    `${((endedAt - startedAt) / 1000).toFixed(1)} s`,
  ];
  return [facts.join('  '), ...reply.split('\n').map((line) => `      ${line}`)];
}
