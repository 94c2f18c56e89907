/** `posthorn journey ID|MESSAGE-ID`: what happened to one message, in plain words. */
import { Command } from 'commander';
import { inWords } from '../app/index.ts';
import { wantsJson, withKeeper } from './context.ts';
import { CommandError, print, printJson } from './output.ts';

export function journeyCommand(): Command {
  return new Command('journey')
    .description('what happened to a message at each hop')
    .argument('<id>', 'the id in our 250 answer, or a Message-ID')
    .option('--json', 'print JSON')
    .action(journey);
}

async function journey(id: string, _options: object, command: Command): Promise<void> {
  await withKeeper(command, async (keeper) => {
    const stories = await keeper.journeys(id);
    if (stories.length === 0) {
      throw new CommandError(
        `We know of no message ${id}. Its id stands in the 250 answer its sender got, and in our Received field; journeys are kept for the time set in [journey] keep.`,
      );
    }
    if (wantsJson(command)) printJson(stories);
    else print(stories.map((story) => inWords(story).join('\n')).join('\n\n'));
  });
}
