/** `posthorn queue take-back`: stops what has not left, and says for each recipient which it is. */
import { Command } from 'commander';
import type { TakenBackRecipient } from '../../app/index.ts';
import { utc } from '../../base/index.ts';
import { wantsJson, withKeeper } from '../context.ts';
import { CommandError, printJson, printTable } from '../output.ts';
import type { Column } from '../output.ts';
import { durationOf, messageFilter } from './filters.ts';

interface TakeBackOptions {
  readonly account?: string;
  readonly wait?: string;
}

export function takeBackCommand(): Command {
  return new Command('take-back')
    .argument('<message>')
    .description('take a message back (or the delivery ID/N): what has not left stops, and nobody gets a bounce')
    .option('--account <address>', 'only if this account sent it')
    .option('--wait <time>', 'wait so long, as "30s", for tries that are under way')
    .option('--json', 'print JSON')
    .action(takeBack);
}

async function takeBack(text: string, { account, wait }: TakeBackOptions, command: Command): Promise<void> {
  const { message, n } = messageFilter(text);
  const patience = wait === undefined ? 0 : durationOf('--wait', wait);
  await withKeeper(command, async (keeper) => {
    const answer = await keeper.takeBack({
      message,
      patience,
      ...(n === undefined ? {} : { numbers: [n] }),
      ...(account === undefined ? {} : { account }),
    });
    if (answer === 'not-yours') throw new CommandError(`${account ?? ''} did not send the message ${message}.`);
    if (answer === 'missing' || answer.length === 0)
      throw new CommandError(`Nothing is known here of a message ${text}, or not any more.`);
    if (wantsJson(command)) printJson(answer);
    else printTable(COLUMNS, answer, '');
    if (answer.every((one) => one.answer === 'left' || one.answer === 'failed')) process.exitCode = 1;
  });
}

const COLUMNS: readonly Column<TakenBackRecipient>[] = [
  { title: 'TO', value: ({ recipient, original }) => original ?? recipient },
  { title: 'ANSWER', value: inWords },
];

function inWords({ answer, to, at }: TakenBackRecipient): string {
  switch (answer) {
    case 'stopped':
      return 'stopped: it did not leave, and will not';
    case 'leaving':
      return 'is leaving just now: unless this try hands it on it stops (ask again, or use --wait)';
    case 'unknown':
      return 'goes no further; whether an earlier try handed it on, nobody knows';
    case 'failed':
      return 'had been given up before; its sender was told';
    case 'left':
      return `has left${at === undefined ? '' : ` on ${utc(at)}`}${to === undefined ? '' : `, to ${to}`}`;
  }
}
