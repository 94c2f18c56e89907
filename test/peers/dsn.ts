/** A delivery status notification (RFC 3464) as Python's email package reads it: not our own reader of our own writing. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { run } from '../program.ts';
import { findPeer } from './peers.ts';

export interface ReadReport {
  readonly type: string;
  readonly reportType: string | null;
  readonly from: string;
  readonly to: string;
  readonly autoSubmitted: string | null;
  readonly parts: readonly string[];
  /** What the parser complains about, in any part. */
  readonly defects: readonly string[];
  /** The part for people. */
  readonly text: string;
  /** Field names in lower case. */
  readonly perMessage: Readonly<Record<string, string>>;
  readonly recipients: readonly Readonly<Record<string, string>>[];
  /** The original message, or its header section. */
  readonly returned: string;
}

export async function readReport(message: Buffer): Promise<ReadReport> {
  const script = fileURLToPath(new URL('report.py', import.meta.url));
  const ran = await run(findPeer('python3') as string, [script], { input: message });
  assert.equal(ran.code, 0, ran.stderr);
  return JSON.parse(Buffer.from(ran.stdout, 'latin1').toString('utf8')) as ReadReport;
}
