/** What stands where content would be: nothing there, not there yet, or something went wrong. */
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { clock } from '../clock.ts';
import { words } from '../words/index.ts';
import { Icon } from './icon.tsx';
import type { IconName } from './icons.ts';

export function EmptyState(props: {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <Icon name={props.icon} />
      <h2>{props.title}</h2>
      <p>{props.text}</p>
      {props.children}
    </div>
  );
}

/** Milliseconds: what is there sooner needs no skeleton; what takes longer needs words. */
const SOON = 150;
const LONG = 3_000;

/** Nothing at first, then grey bars, then words too. */
export function Waiting({ children }: { readonly children: ComponentChildren }) {
  const since = useSignal<'soon' | 'now' | 'long'>('soon');
  useEffect(() => {
    const cancels = [clock.after(SOON, () => (since.value = 'now')), clock.after(LONG, () => (since.value = 'long'))];
    return () => {
      for (const cancel of cancels) cancel();
    };
  }, [since]);
  if (since.value === 'soon') return null;
  return (
    <>
      {since.value === 'long' && (
        <p class="muted waiting-long" role="status">
          {words.common.stillLoading}
        </p>
      )}
      {children}
    </>
  );
}

export function Bone({ width }: { readonly width: string }) {
  return <span class="bone" style={{ inlineSize: width }} />;
}

export interface ErrorCardProps {
  readonly what: string;
  readonly why: ComponentChildren;
  /** At most one primary and two more. */
  readonly youCan?: ComponentChildren;
  readonly weWill?: string;
  readonly said?: string;
  readonly tone?: 'danger' | 'warn';
}

/** Everything that went wrong has this shape, so that people learn where to look. */
export function ErrorCard({ what, why, youCan, weWill, said, tone = 'danger' }: ErrorCardProps) {
  return (
    <section class="error-card" role="alert" data-tone={tone}>
      <h2>{what}</h2>
      <p>{why}</p>
      {weWill !== undefined && <p class="muted">{weWill}</p>}
      {youCan !== undefined && <div class="actions">{youCan}</div>}
      {said !== undefined && said !== '' && (
        <details>
          <summary>{words.trouble.serversWords}</summary>
          <pre dir="auto">{said}</pre>
        </details>
      )}
    </section>
  );
}
