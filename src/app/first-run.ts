/**
 * The first start without a configuration: a domain, an account and a password are made, so that
 * there is something to send to and somebody to log in as. `.test` belongs to nobody (RFC 6761 §6.2),
 * so nothing of this can be mistaken for an address on the Internet.
 */
import { newTicket } from '../base/index.ts';
import type { Core } from './core.ts';

export interface FirstAccount {
  readonly address: string;
  /** Shown once, and kept nowhere but as a verifier. */
  readonly password: string;
}

const DOMAIN = 'home.test';
const NAME = 'me';

/** Undefined when the host has accounts, or a configuration of its own. */
export async function makeFirstAccount(core: Core): Promise<FirstAccount | undefined> {
  if (core.config().file !== undefined) return undefined;
  if ((await core.store.read('firstAccount', {})) !== undefined) return undefined;
  if (!(await core.domains.isOurs(DOMAIN))) await core.directory.addDomain(DOMAIN);
  const password = readable(newTicket());
  const address = `${NAME}@${DOMAIN}`;
  await core.directory.addAccount(address, password);
  return { address, password };
}

/** 100 of the ticket's bits in five groups of four letters, as people copy it. */
function readable(ticket: string): string {
  return (ticket.slice(-20).match(/.{4}/g) ?? []).join('-');
}
