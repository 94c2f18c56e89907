/** `posthorn mail …`: the mail of an account to files, and from files. */
import { basename, extname } from 'node:path';
import { Command, Option } from 'commander';
import type { MailFormat } from '../app/index.ts';
import { systemClock } from '../base/index.ts';
import { wantsJson, withKeeper } from './context.ts';
import { print, printJson, say } from './output.ts';

export function mailCommand(): Command {
  const mail = new Command('mail').description('mail of an account to files, and from files');
  mail
    .command('export <address>')
    .description('write the mail of an account to files: the original octets, and an index of what is not in them')
    .requiredOption('--to <path>', 'a directory that is empty, not there yet, or has an earlier export; or FILE.mbox')
    .addOption(
      new Option('--format <format>', 'eml: a file for each message, mbox: a file for each folder, or maildir').choices(
        ['eml', 'mbox', 'maildir'],
      ),
    )
    .option('--folder <name>', 'only this folder, "Work/2026" for one in another')
    .option('--json', 'print the result as JSON')
    .action(exportMail);
  mail
    .command('import <address> <paths...>')
    .description('read messages into an account: eml files, mbox files, Maildirs, directories of them')
    .option('--folder <name>', 'all of it into this folder (default: as the files lie; the Inbox)')
    .option('--json', 'print the result as JSON')
    .action(importMail);
  return mail;
}

async function exportMail(
  address: string,
  options: { readonly to: string; readonly format?: MailFormat; readonly folder?: string },
  command: Command,
): Promise<void> {
  const { to, folder } = options;
  const isMbox = extname(to).toLowerCase() === '.mbox';
  const format = options.format ?? (isMbox ? 'mbox' : 'eml');
  await withKeeper(command, async (keeper) => {
    const tell = progress();
    const done = await keeper.mail.export({
      address,
      to,
      format,
      isOneFile: format === 'mbox' && isMbox,
      ...(folder === undefined ? {} : { folder }),
      signal: interrupted(),
      onProgress: ({ messages, of }) => {
        tell(() => `${messages} of ${of} messages written`);
      },
    });
    const { messages, kept, index, isStopped } = done;
    if (wantsJson(command)) printJson({ address, format, to, ...done });
    else if (isStopped && format === 'mbox')
      say(`Stopped. ${basename(to)} is as it was before; the same command begins anew.`);
    else if (isStopped) say(`Stopped after ${counted(messages)}. The same command goes on from there.`);
    else
      print(
        `${counted(messages)} of ${address} ${messages === 1 ? 'is' : 'are'} in ${to}${kept === 0 ? '' : ` (${kept} of them were there already)`}. What is not in their octets (UIDLs, keywords, folders) is in ${index}.`,
      );
    if (isStopped) process.exitCode = 1;
  });
}

async function importMail(
  address: string,
  paths: readonly string[],
  { folder }: { readonly folder?: string },
  command: Command,
): Promise<void> {
  await withKeeper(command, async (keeper) => {
    const tell = progress();
    const done = await keeper.mail.import({
      address,
      paths,
      ...(folder === undefined ? {} : { folder }),
      signal: interrupted(),
      onProgress: ({ imported, alreadyHere }) => {
        tell(() => `${imported} imported, ${alreadyHere} were here already`);
      },
      onRefused: (what, why) => {
        say(`${what}: ${why}`);
      },
    });
    const { imported, alreadyHere, newUidl, refused, isStopped } = done;
    if (wantsJson(command)) printJson({ address, ...done });
    else {
      print(
        `${counted(imported)} imported into ${address}, ${alreadyHere} were here already, ${refused} could not be imported.`,
      );
      if (newUidl > 0)
        print(
          `${newUidl} got a new UIDL: another message here has theirs. Programs that leave mail on the server fetch these again.`,
        );
    }
    if (isStopped) say('Stopped before all was read. The same command goes on from there.');
    if (isStopped || refused > 0) process.exitCode = 1;
  });
}

function counted(messages: number): string {
  return messages === 1 ? '1 message' : `${messages} messages`;
}

/** Between two lines of progress, in milliseconds. */
const PACE = 2_000;

/** Says on standard error how far it is, from time to time. */
function progress(): (words: () => string) => void {
  let next = systemClock.ticks() + PACE;
  return (words) => {
    if (systemClock.ticks() < next) return;
    next = systemClock.ticks() + PACE;
    say(words());
  };
}

/** Ctrl-C and SIGTERM: what is under way ends after the message it is at. A second one ends the process at once. */
function interrupted(): AbortSignal {
  const asked = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      asked.abort();
    });
  return asked.signal;
}
