/** `posthorn relay explain`: the answer the wire would give, and the rule it comes from. */
import { isIP } from 'node:net';
import { Command, Option } from 'commander';
import { wantsJson, withKeeper } from './context.ts';
import { CommandError, print, printJson } from './output.ts';

interface ExplainOptions {
  readonly ip: string;
  readonly service?: 'smtp' | 'submission';
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
        'submission',
      ]),
    )
    .option('--tls', 'over an encrypted line')
    .option('--login <name>', 'logged in as')
    .requiredOption('--from <address>', 'MAIL FROM; "<>" is the null sender')
    .requiredOption('--to <address>', 'RCPT TO')
    .option('--json', 'print JSON')
    .action(explain);
  return relay;
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
