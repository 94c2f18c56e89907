/**
 * `posthorn serve`: runs a mail host until it is told to stop, and says aloud which doors are open
 * and what to do next.
 */
import { Command } from 'commander';
import { openHost, parseRoles, ROLES } from '../app/index.ts';
import type { FirstAccount, Host } from '../app/index.ts';
import { describeError, openLog, systemClock } from '../base/index.ts';
import type { Logger } from '../base/index.ts';
import { configOf } from './context.ts';
import { doorInWords, webAddress } from './doors.ts';
import { CommandError, print, say } from './output.ts';
import { levelOf, watchSignals } from './running.ts';

interface ServeOptions {
  readonly only?: string;
  readonly readyFile?: string;
  readonly log: string;
}

export function serveCommand(): Command {
  return new Command('serve')
    .description('run a mail host: take mail in, deliver it, relay it, hand it out')
    .option('--only <roles>', `run only some of its parts: ${ROLES.join(',')}`)
    .option('--ready-file <file>', 'write the open ports to this file, as JSON, when every listener is open')
    .option('--log <level>', 'debug, info, warn or error', 'info')
    .action((options: ServeOptions, command: Command) => serve(options, command));
}

async function serve(options: ServeOptions, command: Command): Promise<void> {
  const loaded = configOf(command);
  const log = openLog(levelOf(options.log));
  const { requested } = watchSignals();
  const host = await openHost({
    config: loaded.config,
    stateDirectory: loaded.state,
    durability: loaded.durability,
    roles: rolesOf(options.only),
    ...(options.readyFile === undefined ? {} : { readyFile: options.readyFile }),
    clock: systemClock,
    log,
    random: Math.random,
  });
  announce(host, loaded.state);
  for (const note of loaded.notes) say(note.sentence);
  process.on('SIGHUP', () => {
    void reload(host, command, log);
  });
  await requested;
  print('Stopping: sessions under way may end first.');
  await host.stop();
  print('Stopped.');
}

function rolesOf(list: string | undefined): readonly (typeof ROLES)[number][] {
  if (list === undefined) return ROLES;
  const roles = parseRoles(list);
  if ('unknown' in roles)
    throw new CommandError(`--only doesn't know "${roles.unknown}"; it takes a list of ${ROLES.join(', ')}.`, 2);
  return roles;
}

function announce(host: Host, state: string): void {
  print(`Posthorn is open. Its mail lies in ${state}`);
  for (const door of host.doors) print(doorInWords(door));
  if (host.selfSigned !== undefined) print(`  Its certificate is self-signed: ${host.selfSigned}`);
  for (const warning of host.warnings) say(warning);
  if (host.firstAccount === undefined) return;
  const { address, password } = host.firstAccount;
  print(
    `\nYour first account (the password is shown only now; "account password ${address}" sets another):\n  ${address}\n  ${password}`,
  );
  const web = host.doors.find((door) => door.service === 'web');
  if (web !== undefined) {
    print(
      `\nOpen ${webAddress(web)} in a browser, log in with these two, and write a message to ${address}:\nit is in your Inbox a moment later.`,
    );
  }
  print(nextSteps(host, state, host.firstAccount).join('\n'));
}

/** Lines to copy: a message to oneself, and its retrieval, without a browser. */
function nextSteps(host: Host, state: string, { address, password }: FirstAccount): readonly string[] {
  const submission = host.doors.find((door) => door.service === 'submission' && door.tls === 'implicit');
  const pop3 = host.doors.find((door) => door.service === 'pop3' && door.tls === 'implicit');
  if (submission === undefined || pop3 === undefined || host.selfSigned === undefined) return [];
  const certificate = host.selfSigned;
  return [
    '',
    'The same from a terminal. Send yourself a message:',
    `  printf 'Subject: Hello\\r\\n\\r\\nMy first letter.\\r\\n' | curl --cacert ${certificate} --url smtps://localhost:${submission.port} \\`,
    `    --user '${address}:${password}' --mail-from ${address} --mail-rcpt ${address} --upload-file -`,
    'and fetch it:',
    `  curl --cacert ${certificate} --user '${address}:${password}' pop3s://localhost:${pop3.port}/1`,
    '',
    'The message you fetched has a line "Received: ... id ...". That id is its name here, and',
    `  ./posthorn --state ${state} journey ID`,
    'tells what happened to it at each step.',
    'Ctrl-C stops the server. README.md goes on from here.',
  ];
}

async function reload(host: Host, command: Command, log: Logger): Promise<void> {
  try {
    const result = await host.reload(() => configOf(command).config);
    log.info('The configuration was read again', { applied: result.applied, needsRestart: result.needsRestart });
  } catch (error) {
    log.error('The configuration was not taken; the old one stays in force', { cause: describeError(error) });
  }
}
