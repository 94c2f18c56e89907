/** Whoever takes the domain's mail in may be a known provider: its MX host, looked up like a domain of its own. */
import { databaseRung } from './autoconfig-rungs.ts';
import type { LadderParts, Rung } from './ladder.ts';

export async function mxRung(parts: LadderParts): Promise<Omit<Rung, 'id'>> {
  const { address, resolver, signal } = parts;
  const asked = `the name server, who takes mail for ${address.domain} (MX)`;
  const answer = await resolver.mx(address.domain, signal);
  if (answer.kind === 'failed') return { asked, said: 'failed', words: `Nobody could say: ${answer.problem}.` };
  if (answer.kind === 'missing') return { asked, said: 'nothing', words: `There is no domain ${address.domain}.` };
  if (answer.kind === 'empty') return { asked, said: 'nothing', words: 'It names nobody.' };
  const [first] = [...answer.records].sort((a, b) => a.preference - b.preference);
  const host = first?.exchange ?? '';
  if (host === '') return { asked, said: 'nothing', words: `${address.domain} says that it takes no mail at all.` };
  for (const domain of domainsAbove(host).filter((one) => one !== address.domain)) {
    const rung = await databaseRung(parts, domain);
    if (rung.said === 'found') return { ...rung, asked, words: `${host} does; for ${domain}: ${rung.words}` };
    if (rung.said === 'not-asked') return { ...rung, asked };
  }
  return { asked, said: 'nothing', words: `${host} does, and nothing is known of its servers for mail programs.` };
}

/** `mx1.mail.example.org` → `mail.example.org`, `example.org`: at most three, never a name without a dot. */
function domainsAbove(host: string): readonly string[] {
  const labels = host.split('.');
  return labels
    .slice(1, -1)
    .map((_, i) => labels.slice(i + 1).join('.'))
    .slice(-3);
}
