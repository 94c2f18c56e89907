/**
 * Windows: its data protection (DPAPI) for the user who is logged in, by way of PowerShell. It keeps nothing itself: it
 * gives back the key sealed, which lies in our file and opens for this user on this machine alone.
 */
import { whyNot } from './absent.ts';
import type { Keyring } from './keyring.ts';
import type { RunProgram } from './run.ts';

const PROGRAM = 'powershell.exe';

export function dataProtection(run: RunProgram): Keyring {
  const ask = (verb: 'Protect' | 'Unprotect', input: string) =>
    run(PROGRAM, ['-NoProfile', '-NonInteractive', '-Command', script(verb)], { input });
  return {
    id: 'data-protection',
    name: 'the data protection of Windows',
    async keep(key) {
      const ended = await ask('Protect', Buffer.from(key).toString('base64'));
      const reference = ended.kind === 'ended' && ended.code === 0 ? ended.stdout.trim() : '';
      return /^[A-Za-z0-9+/=]+$/u.test(reference) ? { reference } : { why: whyNot(ended, PROGRAM) };
    },
    async look(reference) {
      const ended = await ask('Unprotect', reference);
      if (ended.kind !== 'ended') return { kind: 'absent', why: whyNot(ended, PROGRAM) };
      if (ended.code !== 0) return { kind: 'missing' };
      return { kind: 'found', key: Buffer.from(ended.stdout.trim(), 'base64').toString() };
    },
    // What it sealed lies in our own file and goes with it.
    forget: async () => undefined,
  };
}

/** Base64 in by standard input, base64 out. */
function script(verb: 'Protect' | 'Unprotect'): string {
  return [
    "$ErrorActionPreference = 'Stop'",
    'Add-Type -AssemblyName System.Security',
    '$given = [Convert]::FromBase64String([Console]::In.ReadToEnd().Trim())',
    `[Convert]::ToBase64String([Security.Cryptography.ProtectedData]::${verb}($given, $null, 'CurrentUser'))`,
  ].join('; ');
}
