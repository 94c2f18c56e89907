/** The server says when something has changed (RFC 8620 §7.3); what, is then asked for. */
import type { Clock } from '../clock.ts';

/** Seconds between signs of life that the server is asked for. */
const PING = 60;
/** Milliseconds before a stream that was refused is tried again. */
const RETRY = 15_000;

/** What of an EventSource is used. */
export interface Stream {
  addEventListener(type: string, listener: () => void): void;
  close(): void;
  readonly readyState: number;
}

export interface Listener {
  readonly onChange: () => void;
  /** The stream was refused or broke off: perhaps the session has ended. */
  readonly onLost: () => void;
}

const CLOSED = 2;

/** Listens until the page goes. Each time the stream stands again, something may have been missed. */
export function listenForChanges(
  template: string,
  clock: Clock,
  { onChange, onLost }: Listener,
  connect: (url: string) => Stream = (url) => new EventSource(url),
): void {
  const url = template.replace('{types}', '*').replace('{closeafter}', 'no').replace('{ping}', String(PING));
  let opened = false;
  const begin = (): void => {
    const stream = connect(url);
    stream.addEventListener('state', onChange);
    stream.addEventListener('open', () => {
      if (opened) onChange();
      opened = true;
    });
    stream.addEventListener('error', () => {
      onLost();
      // The browser tries again by itself, unless the server has said no.
      if (stream.readyState !== CLOSED) return;
      stream.close();
      clock.after(RETRY, begin);
    });
  };
  begin();
}
