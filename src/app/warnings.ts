/** What the keeper of a host must be told at each start and at each look: above all that it is an open relay. */
import { parseAddress } from '../mail/index.ts';
import type { Core } from './core.ts';

type Parts = Pick<Core, 'config' | 'router' | 'store'>;

/** Whole sentences, the gravest first. */
export async function warningsFor(core: Parts): Promise<readonly string[]> {
  const warnings: string[] = [];
  const { relay, postmaster } = core.config();
  if (relay.open) {
    warnings.push(
      'OPEN RELAY: relay.open is set, so this server carries mail from anyone to anyone. On the Internet it would be found by spammers within hours and then refused by everyone.',
    );
  }
  if (relay.networks.length > 0)
    warnings.push(`Mail is carried without a login for clients in ${relay.networks.join(', ')} (relay.networks).`);
  if (postmaster === undefined && (await core.store.read('firstAccount', {})) === undefined) {
    warnings.push(
      'There is no account yet, so nobody can log in and nobody reads mail to postmaster: "posthorn account add NAME@DOMAIN" makes one.',
    );
  }
  const nobody = await postmasterNobodyReads(core);
  if (nobody !== undefined) {
    warnings.push(
      `${nobody} is named as the postmaster, and nobody has that address; the first account reads the postmaster's mail until it is there.`,
    );
  }
  return warnings;
}

async function postmasterNobodyReads({ config, router }: Parts): Promise<string | undefined> {
  const { postmaster } = config();
  const address = postmaster === undefined ? undefined : parseAddress(postmaster, { utf8: true });
  if (address === undefined) return undefined;
  const { kind } = await router.route(address);
  return kind === 'targets' || kind === 'not-ours' ? undefined : postmaster;
}
