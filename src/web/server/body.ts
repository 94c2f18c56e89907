/** Bodies of requests, read with a limit: what is longer is not read to its end. */

/** Undefined when it is longer than `most` octets. Rejects when the connection breaks. */
export async function readBody(request: Request, most: number): Promise<Buffer | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > most) return undefined;
  const chunks: Uint8Array[] = [];
  let octets = 0;
  for await (const chunk of request.body ?? []) {
    octets += chunk.length;
    if (octets > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** RFC 8259; a media type with any parameters. */
export function isJson(request: Request): boolean {
  return /^application\/json\s*(?:;|$)/i.test(request.headers.get('content-type')?.trim() ?? '');
}
