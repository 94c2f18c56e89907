import { Foreign } from '../components/names.tsx';
import { size, words } from '../words/index.ts';
import type { Seen } from './types.ts';

/** Messages at a provider, a line each. */
export function SeenList({ list }: { readonly list: readonly Seen[] }) {
  return (
    <ul class="seen-list">
      {list.map((one) => (
        <li key={one.uidl}>
          <SeenLine seen={one} />
        </li>
      ))}
    </ul>
  );
}

export function SeenLine({ seen: { hasHeader, subject, from, size: octets } }: { readonly seen: Seen }) {
  const who = from === null ? '' : (from.name ?? from.email);
  return (
    <span class="seen" dir="auto">
      <strong>
        <Foreign text={hasHeader ? subject || words.common.noSubject : words.accounts.unseen} />
      </strong>{' '}
      <span class="muted">
        <Foreign text={who} /> · {size(octets)}
      </span>
    </span>
  );
}
