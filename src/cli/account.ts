/** `posthorn account …`: who has a mailbox here and may log in. */
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { weakness } from '../app/index.ts';
import type { AccountView } from '../app/index.ts';
import { parseSize } from '../config/index.ts';
import { wantsJson, withKeeper } from './context.ts';
import { CommandError, print, printJson, printTable, say } from './output.ts';
import { passwordFromInput } from './password.ts';

interface PasswordOptions {
  readonly passwordStdin?: boolean;
}

export function accountCommand(): Command {
  const account = new Command('account').description('who has a mailbox here and may log in');
  account
    .command('add <address>')
    .description(
      'make an account; without --password-stdin the password is asked for, or made up where nobody can be asked',
    )
    .option('--password-stdin', 'read the password from standard input')
    .option('--quota <size>', 'how much mail it may hold, as "500MB" (default: no limit)')
    .option('--json', 'print the result as JSON')
    .action(add);
  account
    .command('list')
    .description('the accounts')
    .option('--domain <domain>', 'only those of one domain')
    .option('--closed', 'those that were closed, instead')
    .option('--json', 'print JSON')
    .action(list);
  account.command('show <address>').description('one account').option('--json', 'print JSON').action(show);
  account
    .command('password <address>')
    .description('set another password')
    .option('--password-stdin', 'read the password from standard input')
    .option('--json', 'print the result as JSON')
    .action(setPassword);
  account
    .command('grant <address>')
    .description('let an account send as another address as well, here or elsewhere')
    .requiredOption('--send-as <address>', 'the address; "*@domain" is every address of a domain')
    .option('--json', 'print the result as JSON')
    .action(grant);
  account
    .command('revoke <address>')
    .description('take such a grant back')
    .requiredOption('--send-as <address>', 'the address that was granted')
    .option('--json', 'print the result as JSON')
    .action(revoke);
  account
    .command('remove <address>')
    .description('close an account; its mail is kept 30 days, or removed now with --purge')
    .option('--purge', 'remove its mail now')
    .option('--json', 'print the result as JSON')
    .action(remove);
  return account;
}

async function add(
  address: string,
  options: PasswordOptions & { readonly quota?: string },
  command: Command,
): Promise<void> {
  const quota = options.quota === undefined ? undefined : quotaOf(options.quota);
  const { password, madeUp } = await choosePassword(options);
  await withKeeper(
    command,
    async (keeper) => {
      await keeper.directory.addAccount(address, password, quota);
      const view = await keeper.account(address);
      warnIfWeak(password);
      if (wantsJson(command)) printJson({ ...view, ...(madeUp ? { password } : {}) });
      else
        print(
          madeUp
            ? `${view.address} has a mailbox now. Its password, shown only now: ${password}`
            : `${view.address} has a mailbox now.`,
        );
    },
    { make: true },
  );
}

function quotaOf(text: string): number {
  const size = parseSize(text);
  if (size === undefined) throw new CommandError(`--quota takes a size such as "500MB"; "${text}" is none.`, 2);
  return size;
}

async function list(options: { readonly domain?: string; readonly closed?: boolean }, command: Command): Promise<void> {
  await withKeeper(command, async (keeper) => {
    const accounts = await keeper.accounts({
      closed: options.closed === true,
      ...(options.domain === undefined ? {} : { domain: options.domain }),
    });
    if (wantsJson(command)) printJson(accounts);
    else printTable(COLUMNS, accounts, 'There is no account yet; "posthorn account add NAME@DOMAIN" makes one.');
  });
}

const COLUMNS = [
  { title: 'ADDRESS', value: (row: AccountView) => row.address },
  { title: 'MESSAGES', align: 'right' as const, value: (row: AccountView) => row.usedMessages },
  { title: 'OCTETS', align: 'right' as const, value: (row: AccountView) => row.usedOctets },
  { title: 'QUOTA', align: 'right' as const, value: (row: AccountView) => row.quota ?? '-' },
  { title: 'SINCE', value: (row: AccountView) => day(row.createdAt) },
  { title: 'CLOSED', value: (row: AccountView) => (row.closedAt === undefined ? '' : day(row.closedAt)) },
];

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

async function show(address: string, _options: object, command: Command): Promise<void> {
  await withKeeper(command, async (keeper) => {
    const view = await keeper.account(address);
    if (wantsJson(command)) printJson(view);
    else {
      printTable(COLUMNS, [view], '');
      const { sendAs = [] } = view;
      if (sendAs.length > 0) print(`May also send as ${sendAs.join(', ')}.`);
    }
  });
}

interface GrantOptions {
  readonly sendAs: string;
}

async function grant(address: string, { sendAs }: GrantOptions, command: Command): Promise<void> {
  await withKeeper(command, async (keeper) => {
    const granted = await keeper.directory.grant(address, sendAs);
    if (wantsJson(command)) printJson({ address, granted });
    else print(`${address} may send as ${granted} now.`);
  });
}

async function revoke(address: string, { sendAs }: GrantOptions, command: Command): Promise<void> {
  await withKeeper(command, async (keeper) => {
    const revoked = await keeper.directory.revoke(address, sendAs);
    if (wantsJson(command)) printJson({ address, revoked });
    else print(`${address} may not send as ${revoked} any more.`);
  });
}

async function setPassword(address: string, options: PasswordOptions, command: Command): Promise<void> {
  const { password, madeUp } = await choosePassword(options);
  await withKeeper(command, async (keeper) => {
    await keeper.directory.setPassword(address, password);
    warnIfWeak(password);
    if (wantsJson(command)) printJson({ address, ...(madeUp ? { password } : {}) });
    else
      print(
        madeUp ? `The new password of ${address}, shown only now: ${password}` : `${address} has the new password.`,
      );
  });
}

async function remove(address: string, options: { readonly purge?: boolean }, command: Command): Promise<void> {
  const purge = options.purge === true;
  await withKeeper(command, async (keeper) => {
    await keeper.directory.removeAccount(address, purge);
    if (wantsJson(command)) printJson({ address, purged: purge });
    else
      print(
        purge
          ? `${address} and its mail are gone.`
          : `${address} is closed: it takes no mail and no login. Its mail is kept for 30 days.`,
      );
  });
}

async function choosePassword(
  options: PasswordOptions,
): Promise<{ readonly password: string; readonly madeUp: boolean }> {
  if (options.passwordStdin === true) return { password: await passwordFromInput(), madeUp: false };
  if (!process.stdin.isTTY) return { password: randomBytes(15).toString('base64url'), madeUp: true };
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const typed = await terminal.question('Password (empty: one is made up; it shows while you type): ');
    return typed === ''
      ? { password: randomBytes(15).toString('base64url'), madeUp: true }
      : { password: typed, madeUp: false };
  } finally {
    terminal.close();
  }
}

function warnIfWeak(password: string): void {
  const why = weakness(password);
  if (why !== undefined) say(`This password is weak. ${why}`);
}
