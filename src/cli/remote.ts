/** `posthorn remote …`: accounts at other providers, whose mail is collected and through whose servers is sent. */
import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { DEFAULTS, parseServer } from '../app/index.ts';
import type { MailServer, RemoteSecrets, RemoteView, Tried, Trouble } from '../app/index.ts';
import { wantsJson, withKeeper } from './context.ts';
import { CommandError, print, printJson, printTable, say } from './output.ts';
import { passwordFromInput } from './password.ts';

interface AddOptions {
  readonly pop3: string;
  readonly smtp: string;
  readonly login?: string;
  readonly passwordStdin?: boolean;
  readonly tokenStdin?: boolean;
  readonly ca?: string;
  readonly leave: string;
  readonly every: string;
  readonly account?: string;
  readonly untried?: boolean;
}

const TOKEN_STDIN = 'read a token that the provider gave out (OAuth) from standard input';

export function remoteCommand(): Command {
  const remote = new Command('remote').description('accounts at other providers: mail is collected from them');
  remote
    .command('add <address>')
    .description('add an account; both servers are tried before it is kept')
    .requiredOption('--pop3 <url>', 'where mail is fetched: pop3s://pop.example.org, or pop3:// for STLS')
    .requiredOption('--smtp <url>', 'where mail is sent: smtps://smtp.example.org, or smtp:// for STARTTLS')
    .option('--password-stdin', 'read the password from standard input')
    .option('--token-stdin', TOKEN_STDIN)
    .option('--login <name>', 'the name to log in with (default: the address)')
    .option('--ca <file>', 'an authority to trust besides those of the system, PEM')
    .option('--leave <rule>', 'how long copies stay at the provider: days, "for-ever" or "until-deleted"', '14')
    .option('--every <minutes>', 'how often mail is collected', String(DEFAULTS.every))
    .option('--account <address>', 'whose it is here, where there are several accounts')
    .option('--untried', 'keep it without trying the servers')
    .option('--json', 'print the result as JSON')
    .action(add);
  remote
    .command('renew <address>')
    .description('another password or token for an account; both servers are tried with it before it is kept')
    .option('--password-stdin', 'read the password from standard input')
    .option('--token-stdin', TOKEN_STDIN)
    .option('--untried', 'keep it without trying the servers')
    .option('--json', 'print the result as JSON')
    .action(renew);
  remote.command('list').description('the accounts').option('--json', 'print JSON').action(list);
  remote
    .command('check <address>')
    .description('collect its mail now')
    .option('--json', 'print the result as JSON')
    .action(check);
  remote
    .command('remove <address>')
    .description('forget an account; mail that was collected stays')
    .option('--json', 'print the result as JSON')
    .action(remove);
  return remote;
}

async function add(address: string, options: AddOptions, command: Command): Promise<void> {
  const authorities = options.ca === undefined ? undefined : await authoritiesIn(options.ca);
  const trust = authorities === undefined ? {} : { authorities };
  const login = options.login ?? address;
  const settings = {
    pop3: { ...serverOf(options.pop3, 'pop3'), ...trust },
    smtp: { ...serverOf(options.smtp, 'smtp'), ...trust },
    pop3Login: login,
    smtpLogin: login,
    leave: leaveOf(options.leave),
    every: Number(options.every),
  };
  const secrets = await secretsFromInput(options);
  const whose = options.account === undefined ? {} : { account: options.account };
  await withKeeper(
    command,
    async (keeper) => {
      const untried = options.untried === true;
      const added = await keeper.remotes.add({ address, settings, secrets, untried, ...whose });
      if ('trouble' in added) throw new CommandError(troubleInWords(added.trouble));
      if (wantsJson(command)) printJson(added.view);
      else
        print(
          `${address} is here now. Its mail is collected every ${settings.every} minutes while "posthorn client" or "posthorn serve" runs.`,
        );
    },
    { make: true, client: true },
  );
}

type SecretOptions = Pick<AddOptions, 'passwordStdin' | 'tokenStdin' | 'untried'>;

async function secretsFromInput({ passwordStdin, tokenStdin }: SecretOptions): Promise<RemoteSecrets> {
  if ((passwordStdin === true) === (tokenStdin === true))
    throw new CommandError('Say how to log in: with --password-stdin or with --token-stdin.', 2);
  const secret = await passwordFromInput();
  if (secret === '' || /\p{Cc}/u.test(secret))
    throw new CommandError('A password or token is one line of text, and not empty.', 2);
  return tokenStdin === true ? { token: secret } : { password: secret };
}

async function renew(address: string, options: SecretOptions, command: Command): Promise<void> {
  const secrets = await secretsFromInput(options);
  await withKeeper(
    command,
    async (keeper) => {
      const renewed = await keeper.remotes.renew({ address, secrets, untried: options.untried === true });
      if ('trouble' in renewed) throw new CommandError(troubleInWords(renewed.trouble));
      if (wantsJson(command)) printJson(renewed.view);
      else print(`${address} logs in with it from now on, and its mail is collected.`);
    },
    { client: true },
  );
}

function serverOf(text: string, protocol: MailServer['protocol']): MailServer {
  const server = parseServer(text, protocol);
  if (typeof server === 'string') throw new CommandError(server, 2);
  return server;
}

function leaveOf(text: string): { kind: 'for-ever' } | { kind: 'until-deleted-here' } | { kind: 'days'; days: number } {
  if (text === 'for-ever') return { kind: 'for-ever' };
  if (text === 'until-deleted') return { kind: 'until-deleted-here' };
  const days = Number(text);
  if (Number.isInteger(days) && days >= 0) return { kind: 'days', days };
  throw new CommandError(
    `--leave takes a number of days, "for-ever" or "until-deleted"; "${text}" is none of them.`,
    2,
  );
}

async function authoritiesIn(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandError(`${file} can't be read: ${(error as Error).message}`, 2);
  }
}

function troubleInWords({ pop3, smtp }: Tried): string {
  const told = (side: string, trouble: 'works' | Trouble): readonly string[] =>
    trouble === 'works'
      ? []
      : [
          `${side}: ${trouble.what} ${trouble.why}`,
          `  You can: ${trouble.you}`,
          ...(trouble.words === undefined ? [] : [`  The server said: ${trouble.words}`]),
          ...(trouble.certificate === undefined ? [] : [`  Certificate (SHA-256): ${trouble.certificate.sha256}`]),
        ];
  return ['Nothing was kept.', ...told('Fetching', pop3), ...told('Sending', smtp)].join('\n');
}

const COLUMNS = [
  { title: 'ADDRESS', value: (row: RemoteView) => row.address },
  { title: 'FETCHED FROM', value: (row: RemoteView) => row.pop3 },
  { title: 'SENT THROUGH', value: (row: RemoteView) => row.smtp },
  { title: 'LAST VISIT', value: (row: RemoteView) => standingInWords(row) },
];

function standingInWords({ standing }: RemoteView): string {
  switch (standing.kind) {
    case 'never':
      return 'none yet';
    case 'done':
      return `${standing.collected} collected, ${standing.left} left there`;
    case 'renumbered':
      return 'the server gave its messages new ids: decide in the mail client';
    case 'trouble':
      return standing.trouble.what;
  }
}

async function list(_options: object, command: Command): Promise<void> {
  await withKeeper(
    command,
    async (keeper) => {
      const remotes = await keeper.remotes.list();
      if (wantsJson(command)) printJson(remotes);
      else
        printTable(COLUMNS, remotes, 'There is no account of another provider here; "posthorn remote add" makes one.');
    },
    { client: true },
  );
}

async function check(address: string, _options: object, command: Command): Promise<void> {
  await withKeeper(
    command,
    async (keeper) => {
      const view = await keeper.remotes.check(address);
      if (wantsJson(command)) printJson(view);
      else print(standingInWords(view));
      if (view.standing.kind !== 'trouble') return;
      const { trouble } = view.standing;
      if (!wantsJson(command)) say(`${trouble.why} ${trouble.you}`);
      process.exitCode = 1;
    },
    { client: true },
  );
}

async function remove(address: string, _options: object, command: Command): Promise<void> {
  await withKeeper(
    command,
    async (keeper) => {
      await keeper.remotes.remove(address);
      if (wantsJson(command)) printJson({ address });
      else print(`${address} is forgotten. Its mail stays here, and what is at the provider stays there.`);
    },
    { client: true },
  );
}
