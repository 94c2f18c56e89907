import { words } from '../words/index.ts';
import { TroubleCard } from './trouble-card.tsx';
import type { Refusal } from './types.ts';

/** Why a change was not made. */
export function Refused({ refusal }: { readonly refusal: Refusal }) {
  const trouble = refusal.pop3 ?? refusal.smtp;
  return (
    <>
      <p class="field-error" role="alert">
        {refusal.description ?? words.accounts.failed}
      </p>
      {trouble !== undefined && trouble !== null && <TroubleCard trouble={trouble} />}
    </>
  );
}
