/** `posthorn queue …`: what we still owe to other servers, and what the keeper does about it. One file a command, in queue/. */
import { Command } from 'commander';
import { changeCommands } from './queue/change.ts';
import { listCommand } from './queue/list.ts';
import { showCommand } from './queue/show.ts';
import { suppressedCommand } from './queue/suppressed.ts';
import { takeBackCommand } from './queue/take-back.ts';

export function queueCommand(): Command {
  const queue = new Command('queue').description('messages on their way to other servers');
  for (const command of [listCommand(), showCommand(), ...changeCommands(), takeBackCommand(), suppressedCommand()])
    queue.addCommand(command);
  return queue;
}
