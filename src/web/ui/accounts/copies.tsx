import { useSignal } from '@preact/signals';
import { Button, Choice, Confirm, Field, notices } from '../components/index.ts';
import { size, words } from '../words/index.ts';
import { Refused } from './refused.tsx';
import { SeenList } from './seen-list.tsx';
import type { LeaveRule, Refusal, Remote } from './types.ts';
import { attempt, useAccounts } from './use.ts';

const say = words.accounts;

type LeaveChoice = LeaveRule['kind'];

const isUntil = ({ kind }: LeaveRule): boolean => kind === 'until-deleted-here';

/** How long copies stay at the provider. A choice that deletes there says how many first. */
export function Copies({ remote }: { readonly remote: Remote }) {
  const accounts = useAccounts();
  const days = useSignal(String(remote.leave.kind === 'days' ? remote.leave.days : 14));
  const asked = useSignal<{ readonly rule: LeaveRule; readonly refusal: Refusal } | undefined>(undefined);
  const trouble = useSignal<Refusal | undefined>(undefined);
  /** The rule that is being asked about. */
  const wanted = useSignal<LeaveChoice | undefined>(undefined);
  const change = async (rule: LeaveRule, confirm?: number): Promise<void> => {
    wanted.value = rule.kind;
    trouble.value = undefined;
    try {
      const refusal = await accounts.change(remote.id, { leave: rule }, confirm);
      if (refusal?.type === 'needsConfirmation') asked.value = { rule, refusal };
      else trouble.value = refusal;
      if (refusal === undefined) notices.say(say.saved);
    } finally {
      if (asked.peek() === undefined) wanted.value = undefined;
    }
  };
  const set = (rule: LeaveRule, confirm?: number): void => {
    attempt(change(rule, confirm));
  };
  const question = asked.value;
  const octets = size(question?.refusal.octets ?? 0);
  return (
    <section>
      <h2>{say.copies}</h2>
      <Choice<LeaveChoice>
        label={say.copiesStay}
        value={wanted.value ?? remote.leave.kind}
        of={say.leaves}
        choose={(kind) => {
          set(kind === 'days' ? { kind, days: Number(days.peek()) } : { kind });
        }}
      />
      {remote.leave.kind === 'days' && (
        <form
          class="line-form"
          onSubmit={(event) => {
            event.preventDefault();
            set({ kind: 'days', days: Number(days.peek()) });
          }}
        >
          <Field label={say.days} value={days.value} onInput={(value) => (days.value = value)} />
          <Button type="submit">{say.save}</Button>
        </form>
      )}
      {wanted.value !== undefined && question === undefined && (
        <p class="muted" role="status">
          {say.counting(remote.pop3.host)}
        </p>
      )}
      {trouble.value !== undefined && <Refused refusal={trouble.value} />}
      {question !== undefined && (
        <Confirm
          title={say.deletes(question.refusal.count ?? 0, remote.pop3.host)}
          text={
            <>
              <p>{isUntil(question.rule) ? say.deletesToo(octets) : say.deletesText(octets)}</p>
              <SeenList list={question.refusal.sample ?? []} />
            </>
          }
          doIt={say.deleteThere(question.refusal.count ?? 0, remote.pop3.host)}
          close={() => {
            asked.value = undefined;
            wanted.value = undefined;
            days.value = String(remote.leave.kind === 'days' ? remote.leave.days : 14);
          }}
          run={() => {
            set(question.rule, question.refusal.count);
          }}
        />
      )}
    </section>
  );
}
