/** Mail of an account to files and from files, beside a running server. */
import { DirectoryError } from '../accounts/index.ts';
import { newTicket } from '../base/index.ts';
import { freeTheGone } from './core.ts';
import type { Core } from './core.ts';
import { exportMail } from './mail-files/export.ts';
import type { Exported, ExportOrder } from './mail-files/export.ts';
import { importMail } from './mail-files/import.ts';
import type { Imported, ImportOrder } from './mail-files/import.ts';

export interface MailKeeping {
  /** Throws a DirectoryError where the account, the folder or the place is not as it has to be. */
  export(order: ExportOrder): Promise<Exported>;
  /** The same; also where the mailbox becomes full, and while another import into the account is under way. */
  import(order: ImportOrder): Promise<Imported>;
}

export function keepMail(core: Core): MailKeeping {
  const { store, clock, process } = core;
  return {
    async export(order) {
      const { id: account } = await core.directory.account(order.address);
      return await exportMail({ store, account }, order);
    },
    async import(order) {
      const { id: account } = await core.directory.account(order.address);
      await freeTheGone(core);
      // Two at once would both find that a UIDL is free.
      const lease = { name: `import.${account}`, token: newTicket() };
      if (!(await store.write('takeLease', { ...lease, process, at: clock.now() })))
        throw new DirectoryError(`Another import into ${order.address} is under way. Wait until it has ended.`);
      try {
        return await importMail({ store, clock, account }, order);
      } finally {
        await store.write('dropLease', lease);
      }
    },
  };
}
