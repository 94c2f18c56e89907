/** A letter that could not be delivered, once more: the same words, only to those who did not get it. */
import { notices } from '../components/notices.ts';
import { asTrouble } from '../jmap/trouble.ts';
import { theDesk } from '../shell/app.ts';
import { words } from '../words/index.ts';
import { prepare } from '../compose/html.ts';
import { openDraft } from '../compose/open.ts';
import { sameAddress } from '../compose/people.ts';
import type { Person } from '../compose/people.ts';
import { draftContent, loadLetter, newKey } from '../compose/start.ts';
import { writers } from '../compose/writers.ts';

/** Opens it with the failed addresses marked. `instead` names better ones, by the failed. */
export async function correct(
  email: string,
  failed: readonly string[],
  instead: ReadonlyMap<string, string> = new Map(),
): Promise<void> {
  try {
    const [letter, identities] = await Promise.all([
      loadLetter(theDesk().api, email),
      writers().identities.load(),
      prepare(),
    ]);
    const { content } = draftContent(letter, identities);
    const wanted = new Set(failed.map(sameAddress));
    const named = [...(letter.to ?? []), ...(letter.cc ?? []), ...(letter.bcc ?? [])];
    const known = named.filter((one) => wanted.has(sameAddress(one.email)));
    const there = new Set(known.map((one) => sameAddress(one.email)));
    const people: readonly Person[] = [
      ...known,
      ...failed.filter((one) => !there.has(sameAddress(one))).map((one) => ({ name: null, email: one })),
    ];
    const to = people.map((person) => ({
      kind: 'person' as const,
      person: { ...person, email: instead.get(sameAddress(person.email)) ?? person.email },
    }));
    const again = { ...content, to, cc: [], bcc: [] };
    const draft = await openDraft({ content: again, key: newKey(), serverId: undefined });
    draft.doubtful.value = failed.filter((one) => !instead.has(sameAddress(one)));
    draft.saveAnew();
  } catch (error) {
    notices.say(asTrouble(error).said ?? words.compose.openFailed);
  }
}
