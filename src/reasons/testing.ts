/** The corpus of replies, counted against. */
import type { Reply } from '../mail/index.ts';
import { explainReply } from './explain.ts';
import type { Stage } from './reason.ts';

export interface LabelledReply {
  readonly id: string;
  readonly stage: Stage;
  readonly reply: Reply;
  readonly means: string;
}

export interface Score {
  readonly right: number;
  readonly all: number;
  /** With one decimal. */
  readonly percent: string;
  /** One line each; never to be shown of the half that is set aside. */
  readonly misses: readonly string[];
}

export function score(replies: readonly LabelledReply[]): Score {
  const misses = replies.flatMap(({ id, reply, stage, means }) => {
    const said = explainReply({ reply, stage }).id;
    return said === means
      ? []
      : [
          `${id}: ${said} instead of ${means}: ${stage} ${reply.code} ${reply.enhanced ?? '-'} ${reply.lines.join(' ')}`,
        ];
  });
  const right = replies.length - misses.length;
  return { right, all: replies.length, percent: ((100 * right) / replies.length).toFixed(1), misses };
}
