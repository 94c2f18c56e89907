/** From what the rungs of the ladder say to two servers to try; what nobody said is a guess to be corrected. */
import type { Rung, Server } from './types.ts';
import type { Servers } from './servers.tsx';

export function guessed(address: string): Servers {
  const domain = address.slice(address.indexOf('@') + 1);
  const named = (name: string, port: number): Server => ({
    host: `${name}.${domain}`,
    port,
    protection: 'implicit',
    pinned: null,
  });
  return { pop3: named('pop', 995), smtp: named('smtp', 465), pop3Login: address, smtpLogin: address };
}

/** Of each server the first that was named: the rungs come in the order in which they are to be believed. */
export function serversFrom(rungs: readonly Rung[], address: string): Servers {
  const guess = guessed(address);
  const pop3 = rungs.find((rung) => rung.pop3 !== null)?.pop3;
  const smtp = rungs.find((rung) => rung.smtp !== null)?.smtp;
  return {
    pop3: pop3?.server ?? guess.pop3,
    smtp: smtp?.server ?? guess.smtp,
    pop3Login: pop3?.login ?? address,
    smtpLogin: smtp?.login ?? address,
  };
}
