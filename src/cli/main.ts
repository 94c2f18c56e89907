/**
 * The program: one command a file, each thin over app/. Exit 0: done. 1: understood, and it did not
 * work. 2: the command line or the configuration has to be mended first.
 */
import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { Command, CommanderError } from 'commander';
import { accountCommand } from './account.ts';
import { aliasCommand } from './alias.ts';
import { clientCommand } from './client.ts';
import { configCommand } from './config.ts';
import { domainCommand } from './domain.ts';
import { journeyCommand } from './journey.ts';
import { mailCommand } from './mail.ts';
import { print, printError, printJson } from './output.ts';
import { queueCommand } from './queue.ts';
import { relayCommand } from './relay.ts';
import { reloadCommand } from './reload.ts';
import { remoteCommand } from './remote.ts';
import { serveCommand } from './serve.ts';
import { statusCommand } from './status.ts';

enableCompileCache();

function program(): Command {
  const root = new Command('posthorn')
    .description('Internet mail, whole: takes it in, delivers it, relays it, hands it out, and tells the story.')
    .option('--config <file>', 'the configuration file (or POSTHORN_CONFIG)')
    .option('--state <directory>', 'where the mail lies (or POSTHORN_STATE)')
    .version(version(), '--version', 'say which version this is')
    .showHelpAfterError('"posthorn --help" lists the commands.')
    .exitOverride();
  const commands = [
    serveCommand(),
    clientCommand(),
    statusCommand(),
    accountCommand(),
    domainCommand(),
    aliasCommand(),
    mailCommand(),
    queueCommand(),
    journeyCommand(),
    relayCommand(),
    remoteCommand(),
    configCommand(),
    reloadCommand(),
    versionCommand(),
  ];
  for (const command of commands) root.addCommand(takingGlobals(command));
  return root;
}

/** --config and --state are understood behind a command too: people write them there. */
function takingGlobals(command: Command): Command {
  if (command.commands.length === 0) {
    command.option('--config <file>', 'the configuration file').option('--state <directory>', 'where the mail lies');
  }
  command.exitOverride();
  for (const sub of command.commands) takingGlobals(sub as Command);
  return command;
}

function versionCommand(): Command {
  return new Command('version')
    .description('say which version this is')
    .option('--json', 'print JSON')
    .action((options: { readonly json?: boolean }) => {
      if (options.json === true) printJson({ version: version(), node: process.versions.node });
      else print(`posthorn ${version()} on Node ${process.versions.node}`);
    });
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else process.exitCode = printError(error);
}
