/** `posthorn reload`: has running servers read their configuration again, and says what came of it. */
import { Command } from 'commander';
import { configOf, wantsJson, withKeeper } from './context.ts';
import { CommandError, print, printJson, say } from './output.ts';

export function reloadCommand(): Command {
  return new Command('reload')
    .description('have the running server read its configuration again')
    .option('--json', 'print the result as JSON')
    .action(reload);
}

async function reload(_options: object, command: Command): Promise<void> {
  configOf(command);
  await withKeeper(command, async (keeper) => {
    const answers = await keeper.reload();
    if (wantsJson(command)) printJson(answers);
    if (answers.length === 0)
      throw new CommandError('No server runs on this state directory, so there is nothing to reload.');
    let refused = false;
    for (const { pid, outcome } of answers) {
      if (outcome === undefined) say(`The server with pid ${pid} did not answer in time; its log says more.`);
      else if (outcome.kind === 'refused') say(`The server with pid ${pid} kept its old configuration: ${outcome.why}`);
      else if (!wantsJson(command)) print(doneSentence(pid, outcome));
      refused ||= outcome?.kind !== 'done';
    }
    if (refused) throw new CommandError('Not every server took the new configuration.');
  });
}

function doneSentence(
  pid: number,
  outcome: { readonly applied: readonly string[]; readonly needsRestart: readonly string[] },
): string {
  const applied =
    outcome.applied.length === 0
      ? 'nothing changed that takes effect at once'
      : `in force now: ${outcome.applied.join(', ')}`;
  const waits = outcome.needsRestart.length === 0 ? '' : `; needs a restart: ${outcome.needsRestart.join(', ')}`;
  return `The server with pid ${pid} read its configuration: ${applied}${waits}.`;
}
