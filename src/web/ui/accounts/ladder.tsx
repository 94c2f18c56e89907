import { Icon } from '../components/index.ts';
import { words } from '../words/index.ts';
import type { Rung } from './types.ts';

const say = words.accounts;

/** What was asked, of whom, and what came of it, one line after the other as it happens. */
export function Ladder({ rungs, isClimbing }: { readonly rungs: readonly Rung[]; readonly isClimbing: boolean }) {
  return (
    <section class="ladder" aria-label={say.ladder} aria-live="polite" aria-busy={isClimbing}>
      <ol>
        {rungs.map(({ id, said, asked, words: sentence, pop3, smtp }) => (
          <li key={id} data-said={said}>
            <Icon name={said === 'found' ? 'check' : said === 'failed' ? 'alert' : 'minus'} />
            <div>
              <strong>{say.rungs[id as keyof typeof say.rungs]}</strong>
              <span class="muted"> {said === 'not-asked' ? '' : say.asked(asked)}</span>
              <p>{sentence}</p>
              {[...new Set([pop3, smtp].flatMap((one) => one?.doubt ?? []))].map((doubt) => (
                <p key={doubt} class="doubt">
                  {doubt}
                </p>
              ))}
            </div>
          </li>
        ))}
        {isClimbing && (
          <li data-said="asking">
            <Icon name="clock" />
            <div>{say.finding}</div>
          </li>
        )}
      </ol>
    </section>
  );
}
