/** Bodies, both ways: read with a limit and a deadline, written as they come. */
import type { Clock } from '../../base/index.ts';

export interface BodyLimits {
  /** Octets. What is longer is not read to its end. */
  readonly most: number;
  /** Milliseconds for all of it. */
  readonly within: number;
  readonly clock: Clock;
}

/** Rejects when the connection breaks. */
export async function readBody(
  request: Request,
  { most, within, clock }: BodyLimits,
): Promise<Buffer | 'too-large' | 'too-slow'> {
  if (Number(request.headers.get('content-length') ?? 0) > most) return 'too-large';
  const reader = request.body?.getReader();
  if (reader === undefined) return Buffer.alloc(0);
  let late = false;
  const cancel = clock.after(within, () => {
    late = true;
    void reader.cancel().catch(() => undefined);
  });
  const chunks: Uint8Array[] = [];
  let octets = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (late) return 'too-slow';
      if (done) return Buffer.concat(chunks);
      octets += value.length;
      if (octets > most) return 'too-large';
      chunks.push(value);
    }
  } finally {
    cancel();
  }
}

/** RFC 8259; a media type with any parameters. */
export function isJson(request: Request): boolean {
  return /^application\/json\s*(?:;|$)/i.test(request.headers.get('content-type')?.trim() ?? '');
}

/**
 * What a source gives, as fast as it is taken. When it fails in the middle, `failed` has to cut the connection: an end
 * would look like the end of the file.
 */
export function streamOf(
  source: AsyncIterable<Uint8Array>,
  failed: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await chunks.next();
          if (done === true) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          failed(error);
          controller.close();
        }
      },
      async cancel() {
        await chunks.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
