/** English. One file an area, so that each stays short. */
import { accounts } from './accounts.ts';
import { commands } from './commands.ts';
import { common } from './common.ts';
import { compose } from './compose.ts';
import { folders } from './folders.ts';
import { list } from './list.ts';
import { outbox, report } from './outbox.ts';
import { reader } from './reader.ts';
import { search } from './search.ts';
import { session } from './session.ts';
import { settings } from './settings.ts';
import { trouble } from './trouble.ts';

export const en = {
  accounts,
  common,
  commands,
  compose,
  folders,
  list,
  outbox,
  reader,
  report,
  search,
  session,
  settings,
  trouble,
};
