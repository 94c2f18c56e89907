/** `posthorn queue suppressed …`: addresses that are not written to for a while, looked at, added and removed. */
import { Command } from 'commander';
import type { SuppressionView } from '../../app/index.ts';
import { utc } from '../../base/index.ts';
import { wantsJson, withKeeper } from '../context.ts';
import { CommandError, print, printJson, printTable } from '../output.ts';
import type { Column } from '../output.ts';
import { durationOf } from './filters.ts';

interface Options {
  readonly account?: string;
  readonly for?: string;
}

export function suppressedCommand(): Command {
  const suppressed = new Command('suppressed').description('addresses that our accounts do not write to for a while');
  suppressed
    .command('list')
    .description('which, for whom, until when, and why')
    .option('--account <address>', 'only those of this account')
    .option('--json', 'print JSON')
    .action(list);
  suppressed
    .command('add <address>')
    .description('stop mail of our accounts to an address')
    .option('--account <address>', 'of this account only')
    .option('--for <time>', 'for so long, as "7d"; else until it is removed')
    .action(add);
  suppressed
    .command('remove <address>')
    .description('let mail to an address go again')
    .option('--account <address>', 'of this account only')
    .action(remove);
  return suppressed;
}

async function list({ account }: Options, command: Command): Promise<void> {
  await withKeeper(command, async (keeper) => {
    const found = await keeper.suppressed.list(account);
    if (wantsJson(command)) printJson(found);
    else printTable(COLUMNS, found, 'No address is suppressed.');
  });
}

const COLUMNS: readonly Column<SuppressionView>[] = [
  { title: 'ADDRESS', value: ({ address }) => address },
  { title: 'FOR', value: ({ account }) => account ?? 'everybody' },
  { title: 'SINCE', value: ({ at }) => utc(at) },
  { title: 'UNTIL', value: ({ until }) => (until === undefined ? 'removed' : utc(until)) },
  { title: 'WHY', value: why },
];

function why({ madeBy, reply = '', host }: SuppressionView): string {
  if (madeBy === 'keeper') return 'the keeper of this server';
  return host === undefined ? reply : `${host}: ${reply}`;
}

async function add(address: string, options: Options, command: Command): Promise<void> {
  const lasts = options.for === undefined ? undefined : durationOf('--for', options.for);
  await withKeeper(command, async (keeper) => {
    await keeper.suppressed.add(address, { ...about(options), ...(lasts === undefined ? {} : { lasts }) });
    print(`Mail of ${options.account ?? 'our accounts'} to ${address} is refused from now on.`);
  });
}

async function remove(address: string, options: Options, command: Command): Promise<void> {
  await withKeeper(command, async (keeper) => {
    if ((await keeper.suppressed.remove(address, about(options))) === 0)
      throw new CommandError(`${address} is not suppressed; "posthorn queue suppressed list" shows what is.`);
    print(`Mail to ${address} may go again.`);
  });
}

function about({ account }: Options): { readonly account?: string } {
  return account === undefined ? {} : { account };
}
