/**
 * macOS: the login keychain, by way of `security`. What it is told to keep comes as a line of commands on standard
 * input (`security -i`): among the arguments every user of the machine could read it.
 */
import { whyNot } from './absent.ts';
import type { Keyring } from './keyring.ts';
import type { RunProgram } from './run.ts';

const PROGRAM = 'security';
const SERVICE = 'posthorn';
/** For a person to find and type the password of their keychain. */
const PATIENCE = 180_000;

/** Its exit codes are the lowest eight bits of an OSStatus. */
const NOT_FOUND = 44;
/** Interaction is not allowed (36), a wrong password (51), the person said no (128). */
const LOCKED: ReadonlySet<number> = new Set([36, 51, 128]);

export function keychain(run: RunProgram): Keyring {
  return {
    id: 'keychain',
    name: 'the keychain of this Mac',
    async keep(key, mark) {
      const input = `add-generic-password -U -a "${mark}" -s "${SERVICE}" -l "Posthorn" -w "${key}"\n`;
      const ended = await run(PROGRAM, ['-i'], { input, longest: PATIENCE });
      return ended.kind === 'ended' && ended.code === 0 ? { reference: mark } : { why: whyNot(ended, PROGRAM) };
    },
    async look(reference, ask) {
      const find = ['find-generic-password', '-a', reference, '-s', SERVICE, '-w'];
      const ended = await run(PROGRAM, find, ask === undefined ? {} : { longest: PATIENCE, signal: ask });
      if (ended.kind !== 'ended') return { kind: 'absent', why: whyNot(ended, PROGRAM) };
      if (ended.code === 0) return { kind: 'found', key: ended.stdout.trim() };
      if (ended.code === NOT_FOUND) return { kind: 'missing' };
      return LOCKED.has(ended.code) ? { kind: 'locked' } : { kind: 'absent', why: whyNot(ended, PROGRAM) };
    },
    async forget(reference) {
      await run(PROGRAM, ['delete-generic-password', '-a', reference, '-s', SERVICE]);
    },
  };
}
