/** Foo/changes (RFC 8620 §5.2), for types whose state is a modseq of the account. */
import type { MailChanges, Store } from '../../store/index.ts';
import { nullable, text, unsigned } from '../arguments.ts';
import { invalidArguments, MethodError } from '../errors.ts';
import { MAX_CHANGES } from '../limits.ts';
import { method } from '../method.ts';
import type { Method, Properties } from '../method.ts';
import { formatState, parseState, readEpoch } from '../state.ts';
import type { MailState } from '../state.ts';

export interface ChangesType<Id extends string | number, C extends MailChanges<Id>> {
  readonly type: string;
  readonly capability: string;
  readonly store: Store;
  /** undefined: they can't be told any more. */
  changes(p: { readonly account: string; readonly since: number; readonly limit: number }): Promise<C | undefined>;
  /** The id as clients know it. */
  format(id: Id): string;
  /** What the response has besides. */
  more?(changes: C): Properties;
}

export function changesMethod<Id extends string | number, C extends MailChanges<Id>>(type: ChangesType<Id, C>): Method {
  return method({
    name: `${type.type}/changes`,
    capability: type.capability,
    takes: { sinceState: text, maxChanges: nullable(unsigned) },
    async run({ sinceState, maxChanges }, { account }) {
      if (maxChanges === 0) throw invalidArguments('`maxChanges` must be greater than 0.');
      const epoch = await readEpoch(type.store, account.id);
      const since = sinceIn({ epoch }, sinceState);
      const limit = Math.min(maxChanges ?? MAX_CHANGES, MAX_CHANGES);
      const changes = await type.changes({ account: account.id, since, limit });
      if (changes === undefined) throw cannotCalculate();
      return {
        accountId: account.id,
        oldState: sinceState,
        newState: formatState({ epoch, modseq: changes.upTo }),
        hasMoreChanges: changes.more,
        created: changes.created.map((id) => type.format(id)),
        updated: changes.updated.map((id) => type.format(id)),
        destroyed: changes.destroyed.map((id) => type.format(id)),
        ...type.more?.(changes),
      };
    },
  });
}

/** The modseq of a state of this epoch, else `cannotCalculateChanges`; whether the account has come so far the store says. */
export function sinceIn({ epoch }: Pick<MailState, 'epoch'>, text: string): number {
  const since = parseState(text);
  if (since?.epoch !== epoch) throw cannotCalculate();
  return since.modseq;
}

function cannotCalculate(): MethodError {
  return new MethodError('cannotCalculateChanges', 'The state is not known here, or too old. Begin anew.');
}
