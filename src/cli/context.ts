/**
 * What every command needs before it can do its work: the checked configuration, and the keeper's
 * way into the house. A command works beside a running server and without one.
 */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { DirectoryError, openKeeper } from '../app/index.ts';
import type { Keeper } from '../app/index.ts';
import { openLog, systemClock } from '../base/index.ts';
import { loadConfig } from '../config/index.ts';
import type { Loaded } from '../config/index.ts';
import { CommandError } from './output.ts';

/** Options that stand before or behind every command. */
export interface GlobalOptions {
  readonly config?: string;
  readonly state?: string;
  readonly json?: boolean;
}

/** The checked configuration; its problems end the command with exit 2. */
export function configOf(command: Command, { client = false }: { readonly client?: boolean } = {}): Loaded {
  const { config: file, state } = command.optsWithGlobals<GlobalOptions>();
  const loaded = loadConfig({ file, state, env: process.env, client });
  if (loaded.kind === 'bad') throw CommandError.ofProblems(loaded.problems);
  return loaded;
}

export function wantsJson(command: Command): boolean {
  return command.optsWithGlobals<GlobalOptions>().json === true;
}

/**
 * Opens the house, does the work, closes it again whatever happens. `make`: the state directory is made when it isn't
 * there. `loaded`: read before. `client`: without a mail host on this machine, the mail program's is meant.
 */
export async function withKeeper(
  command: Command,
  work: (keeper: Keeper, loaded: Loaded) => Promise<void>,
  options: { readonly make?: boolean; readonly client?: boolean; readonly loaded?: Loaded } = {},
): Promise<void> {
  const loaded = options.loaded ?? meant(command, options.client === true);
  if (options.make !== true && !existsSync(loaded.state)) {
    throw new CommandError(
      `There is no mail host in ${loaded.state} yet. "posthorn serve" or "posthorn account add" makes one; --state names another directory.`,
    );
  }
  const keeper = await openKeeper({
    config: loaded.config,
    stateDirectory: loaded.state,
    durability: loaded.durability,
    clock: systemClock,
    log: openLog('error'),
  });
  try {
    await work(keeper, loaded);
  } catch (error) {
    if (error instanceof DirectoryError) throw new CommandError(error.message);
    throw error;
  } finally {
    await keeper.close();
  }
}

function meant(command: Command, client: boolean): Loaded {
  const host = configOf(command);
  return client && !existsSync(host.state) ? configOf(command, { client: true }) : host;
}
