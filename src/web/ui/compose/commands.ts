/** What can be done from the keyboard to write: a new letter, an answer, handing on. */
import { theDesk } from '../shell/app.ts';
import type { Command } from '../shell/command.ts';
import { openEmail, route } from '../shell/route.ts';
import { unfolded } from '../reader/unfolded.ts';
import { words } from '../words/index.ts';
import { write } from './open.ts';

const say = words.commands;

/** The message that has focus in the open conversation, else the last of it, else the row that has focus. */
function meant(): string | undefined {
  const inReader = document.activeElement?.closest<HTMLElement>('[data-message]')?.dataset['message'];
  if (inReader !== undefined) return inReader;
  const open = openEmail(route.peek());
  const { list, mail } = theDesk();
  if (open === undefined) return ['folder', 'search'].includes(route.peek().view) ? list.activeEmail()?.id : undefined;
  const email = mail.records.email(open).peek();
  const all = email === undefined ? [] : mail.records.conversation(email);
  const isUnfolded = unfolded.peek();
  const last = all.findLast(({ id, keywords }) => isUnfolded.has(id) && keywords['$draft'] !== true);
  return last?.id ?? open;
}

const about = (kind: 'reply' | 'reply-all' | 'forward' | 'forward-attached') => (): void => {
  const email = meant();
  if (email !== undefined) void write({ kind, email });
};

const can = (): boolean => meant() !== undefined;

export const composeCommands: readonly Command[] = [
  {
    id: 'write',
    name: say.write,
    group: 'message',
    keys: ['c'],
    icon: 'write',
    run: () => void write({ kind: 'new' }),
  },
  { id: 'reply', name: say.reply, group: 'message', keys: ['r'], icon: 'reply', can, run: about('reply') },
  {
    id: 'reply-all',
    name: say.replyAll,
    group: 'message',
    keys: ['a'],
    icon: 'replyAll',
    can,
    run: about('reply-all'),
  },
  { id: 'forward', name: say.forward, group: 'message', keys: ['f'], icon: 'forward', can, run: about('forward') },
  {
    id: 'forward-attached',
    name: say.forwardAttached,
    group: 'message',
    keys: [],
    icon: 'forward',
    can,
    run: about('forward-attached'),
  },
];
