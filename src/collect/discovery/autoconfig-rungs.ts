/** The three places where a file of {@link readAutoconfig} may lie: two of the domain itself, and a database of others. */
import type { Candidate, LadderParts, Rung } from './ladder.ts';
import { readAutoconfig } from './autoconfig.ts';
import type { Autoconfig } from './autoconfig.ts';

export function autoconfigRung(parts: LadderParts): Promise<Omit<Rung, 'id'>> {
  const { local, domain } = parts.address;
  const who = encodeURIComponent(`${local}@${domain}`);
  return askItself(parts, `autoconfig.${domain}`, `/mail/config-v1.1.xml?emailaddress=${who}`);
}

export function wellKnownRung(parts: LadderParts): Promise<Omit<Rung, 'id'>> {
  return askItself(parts, parts.address.domain, '/.well-known/autoconfig/mail/config-v1.1.xml');
}

/** The domain may name whom it likes. That it is somebody else is still worth a look: its page may be in wrong hands. */
async function askItself(parts: LadderParts, host: string, path: string): Promise<Omit<Rung, 'id'>> {
  const { domain } = parts.address;
  return doubted(await ask(parts, host, `https://${host}${path}`), ({ server }) =>
    server.host === domain || server.host.endsWith(`.${domain}`)
      ? undefined
      : `${server.host} is not part of ${domain}; ${host} names it. Is it your provider?`,
  );
}

function doubted(
  { pop3, smtp, ...rung }: Omit<Rung, 'id'>,
  doubtOf: (candidate: Candidate) => string | undefined,
): Omit<Rung, 'id'> {
  const told = (candidate: Candidate): Candidate => {
    const doubt = doubtOf(candidate);
    return doubt === undefined ? candidate : { ...candidate, doubt };
  };
  return { ...rung, ...(pop3 && { pop3: told(pop3) }), ...(smtp && { smtp: told(smtp) }) };
}

export async function ispdbRung(parts: LadderParts): Promise<Omit<Rung, 'id'>> {
  return databaseRung(parts, parts.address.domain);
}

/**
 * A database of providers, as Thunderbird keeps one: it hears which domain is asked for, and not the address.
 * @param domain whose file is looked for: the address's own, or that of its mail host
 */
export async function databaseRung(parts: LadderParts, domain: string): Promise<Omit<Rung, 'id'>> {
  const { askDatabase, database } = parts;
  if (database === '')
    return {
      asked: 'nobody',
      said: 'not-asked',
      words: 'The configuration says that no database of providers is asked.',
    };
  const host = new URL(database).hostname;
  const asked = `${host}, for ${domain}`;
  if (!askDatabase) return { asked, said: 'not-asked', words: `You chose that ${host} is not asked.` };
  const doubt = `${host} says so, not ${parts.address.domain} itself.`;
  return doubted(await ask(parts, asked, `${database}/${encodeURIComponent(domain)}`), () => doubt);
}

async function ask({ address, fetch, signal }: LadderParts, asked: string, url: string): Promise<Omit<Rung, 'id'>> {
  let text: string | undefined;
  try {
    text = await fetch(url, signal);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { asked, said: 'failed', words: `It could not be asked: ${why.replace(/\.$/u, '')}.` };
  }
  if (text === undefined) return { asked, said: 'nothing', words: 'It has no such file.' };
  const read = readAutoconfig(text, address);
  if (read === undefined) return { asked, said: 'nothing', words: 'What it has there is no such file.' };
  return { asked, ...told(read) };
}

function told({ pop3, smtp, others, clearOnly }: Autoconfig): Omit<Rung, 'id' | 'asked'> {
  if (pop3 === undefined && smtp === undefined)
    return {
      said: 'nothing',
      words: clearOnly ? 'Its servers would be used in clear: not taken.' : 'It names no server for POP3 or SMTP.',
    };
  const names = [pop3, smtp].flatMap((one) => (one === undefined ? [] : [one.server.host]));
  const only =
    pop3 === undefined && others.length > 0 ? ` For fetching it names ${others.join(', ')} only, not POP3.` : '';
  return {
    said: 'found',
    words: `It names ${[...new Set(names)].join(' and ')}.${only}`,
    ...(pop3 === undefined ? {} : { pop3 }),
    ...(smtp === undefined ? {} : { smtp }),
  };
}
