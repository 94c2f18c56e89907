/** `posthorn relay explain`: the answer the wire would give, and the rule it comes from. `relay test`: puts it to the test. */
import { isIP } from 'node:net';
import { Command, Option } from 'commander';
import type { Target, TrickResult } from '../app/index.ts';
import { wantsJson, withKeeper } from './context.ts';
import { CommandError, print, printJson, printTable, say } from './output.ts';

interface ExplainOptions {
  readonly ip: string;
  readonly service?: 'smtp' | 'lmtp' | 'submission';
  readonly tls?: boolean;
  readonly login?: string;
  readonly from: string;
  readonly to: string;
}

export function relayCommand(): Command {
  const relay = new Command('relay').description('who may have mail carried where');
  relay
    .command('explain')
    .description('say what we would answer to a sender and a recipient, and why')
    .requiredOption('--ip <address>', "the client's IP address")
    .addOption(
      new Option('--service <service>', 'the door it comes to (default: submission with --login, else smtp)').choices([
        'smtp',
        'lmtp',
        'submission',
      ]),
    )
    .option('--tls', 'over an encrypted line')
    .option('--login <name>', 'logged in as')
    .requiredOption('--from <address>', 'MAIL FROM; "<>" is the null sender')
    .requiredOption('--to <address>', 'RCPT TO')
    .option('--json', 'print JSON')
    .action(explain);
  relay
    .command('test')
    .description(
      "try the old tricks of spammers on the running server, without ever sending a message; exit 1 when it would carry a stranger's mail",
    )
    .option('--host <host>', 'another server than ours (with --port)')
    .option('--port <port>', 'its port')
    .addOption(
      new Option('--service <service>', 'what it speaks there').choices(['smtp', 'lmtp', 'submission']).default('smtp'),
    )
    .option('--tls', 'it speaks TLS from the first octet')
    .option('--domain <domain>', "a domain of the server's own (default: our first one)")
    .option('--user <name>', 'somebody in that domain', 'postmaster')
    .option('--json', 'print JSON')
    .action(test);
  return relay;
}

interface TestOptions {
  readonly host?: string;
  readonly port?: string;
  readonly service: Target['service'];
  readonly tls?: boolean;
  readonly domain?: string;
  readonly user: string;
}

const TEST_COLUMNS = [
  { title: 'DOOR', value: (row: TrickResult) => row.service },
  { title: 'TRICK', value: (row: TrickResult) => row.trick },
  { title: 'CAME TO', value: (row: TrickResult) => (row.outcome === 'relayed' ? 'RELAYED' : row.outcome) },
  { title: 'RECIPIENT', value: (row: TrickResult) => shortened(row.to, 50) },
  { title: 'ANSWER', value: (row: TrickResult) => shortened(row.answer, 90) },
];

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

async function test(options: TestOptions, command: Command): Promise<void> {
  const target = targetOf(options);
  await withKeeper(command, async (keeper) => {
    const { domain, user } = options;
    const results = await keeper.testRelay({
      user,
      ...(target === undefined ? {} : { target }),
      ...(domain === undefined ? {} : { domain }),
    });
    const relayed = results.filter((one) => one.outcome === 'relayed').length;
    if (wantsJson(command)) printJson({ relayed, results });
    else {
      printTable(TEST_COLUMNS, results, '');
      say(
        relayed === 0
          ? `${results.length} tricks were tried; none was carried on.`
          : `${relayed} of ${results.length} would have been carried on: this server relays for strangers who come from here.`,
      );
    }
    if (relayed > 0) process.exitCode = 1;
  });
}

function targetOf({ host, port, service, tls }: TestOptions): Target | undefined {
  if (host === undefined && port === undefined) return undefined;
  const number = Number(port);
  if (port === undefined || !Number.isInteger(number) || number < 1 || number > 65_535)
    throw new CommandError('--port takes a number from 1 to 65535, and is needed with --host.', 2);
  return { service, host: host ?? '127.0.0.1', port: number, tls: tls === true };
}

async function explain(options: ExplainOptions, command: Command): Promise<void> {
  if (isIP(options.ip) === 0) throw new CommandError(`--ip takes an IP address; "${options.ip}" is none.`, 2);
  await withKeeper(
    command,
    async (keeper) => {
      const { ip, tls, login, from, to } = options;
      const service = options.service ?? (login === undefined ? 'smtp' : 'submission');
      const answer = await keeper.explainRelay({
        ip,
        service,
        tls: tls === true,
        from,
        to,
        ...(login === undefined ? {} : { login }),
      });
      const { code, enhanced, lines } = answer.reply;
      const reply = { code, enhanced, text: lines.join(' ') };
      if (wantsJson(command)) {
        printJson({
          accepted: answer.accepted,
          stage: answer.stage,
          rule: answer.rule,
          says: answer.says,
          reply,
          leadsTo: answer.leadsTo,
        });
        return;
      }
      print(
        `${answer.accepted ? 'Accepted' : 'Refused'} at ${answer.stage === 'mail' ? 'MAIL FROM' : 'RCPT TO'}: ${code} ${enhanced ?? ''} ${reply.text}`,
      );
      print(`Rule ${answer.rule}${answer.says === undefined ? '' : `: ${answer.says}`}`);
      if (answer.leadsTo.length > 0) print(`It would go to ${answer.leadsTo.join(', ')}.`);
    },
    { make: true },
  );
}
