/** Names become addresses as node:net wants it, by a resolver of ours: where the configuration says who is asked. */
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import type { Resolver } from './resolver.ts';

type Answer = Parameters<LookupFunction>[2];

/** IPv4 and IPv6 addresses of a name; an error with code ENOTFOUND (there are none) or EAI_AGAIN (nobody could say). */
export function lookupBy(resolver: Pick<Resolver, 'a' | 'aaaa'>): LookupFunction {
  const look = async (host: string, all: boolean, answer: Answer): Promise<void> => {
    const found = await addressesOf(resolver, host).catch(() => undefined);
    const [first] = found ?? [];
    if (first === undefined) answer(noAddress(found === undefined ? 'EAI_AGAIN' : 'ENOTFOUND', host), '');
    else if (all) answer(null, [...(found ?? [])]);
    else answer(null, first.address, first.family);
  };
  return (host, options, answer) => void look(host, options.all === true, answer);
}

/** Rejects when there are none because nobody could say. */
async function addressesOf(
  resolver: Pick<Resolver, 'a' | 'aaaa'>,
  host: string,
): Promise<readonly { readonly address: string; readonly family: number }[]> {
  if (isIP(host) !== 0) return [{ address: host, family: isIP(host) }];
  const answers = await Promise.all([resolver.a(host), resolver.aaaa(host)]);
  const found = answers.flatMap((answer) => (answer.kind === 'found' ? answer.records : []));
  if (found.length === 0 && answers.some(({ kind }) => kind === 'failed')) throw new Error('nobody could say');
  return found.map((address) => ({ address, family: isIP(address) }));
}

function noAddress(code: string, host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${host} has no address that was found`), { code });
}
