/** `posthorn status`: what runs, which doors are open, and loudly what its keeper must know. */
import { Command } from 'commander';
import type { KeyPlace, RunningServer, Status } from '../app/index.ts';
import { utc } from '../base/index.ts';
import { wantsJson, withKeeper } from './context.ts';
import { doorInWords } from './doors.ts';
import { print, printJson, say } from './output.ts';

export function statusCommand(): Command {
  return new Command('status')
    .description('say what runs here, which doors are open, and whether it relays for strangers')
    .option('--json', 'print JSON')
    .action((_options: object, command: Command) =>
      withKeeper(command, async (keeper, { state }) => {
        const status = await keeper.status();
        if (wantsJson(command)) printJson(status);
        else tell(status, state);
      }),
    );
}

function tell(status: Status, state: string): void {
  const { running, openRelay, warnings, domains, accounts, queue, key } = status;
  if (running.length === 0) print(`No server runs on ${state}. "posthorn serve" starts one.`);
  for (const server of running) print(serverInWords(server));
  print(`${counted(domains, 'domain')}, ${counted(accounts, 'account')}.`);
  if (queue.length === 0) print('Nothing waits to be handed on.');
  for (const { count, words } of queue)
    print(`To be handed on: ${counted(count, 'delivery', 'deliveries')}, ${words}.`);
  print(openRelay ? 'Open relay: YES.' : "Open relay: no. Strangers' mail is taken for our own addresses only.");
  if (key.place !== 'none') print(keyInWords(key));
  for (const warning of warnings) say(warning);
}

const KEYRING_STATES = {
  found: '',
  locked: ', which is locked',
  missing: ', where it is not any more',
  absent: ', which does not answer here',
} as const;

function keyInWords(key: KeyPlace): string {
  const what = 'The key to the passwords of providers lies in';
  if (key.place === 'keyring') return `${what} ${key.name}${KEYRING_STATES[key.state]}.`;
  return `${what} the file secret.key.`;
}

function serverInWords({ pid, roles, startedAt, doors }: RunningServer): string {
  const head = `A server runs since ${utc(startedAt)} UTC (pid ${pid}: ${roles.join(', ')}).`;
  return [head, ...doors.map(doorInWords)].join('\n');
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
