/**
 * LOGIN, both sides: two prompts, two answers. It was never more than a draft
 * (draft-murchison-sasl-login), but a good part of the mail clients speak nothing else.
 */
import type { ClientLogin, SaslClient } from './client.ts';
import { prepareName, preparePassword } from './prepare.ts';
import type { SaslExchange, SaslStep } from './server.ts';
import { utf8Text } from './text.ts';

/** Some clients compare these prompts letter by letter. */
const NAME_PROMPT = 'Username:';
const PASSWORD_PROMPT = 'Password:';

export function loginServer(): SaslExchange {
  let state:
    | { readonly kind: 'start' }
    | { readonly kind: 'name' }
    | { readonly kind: 'password'; readonly name: string } = { kind: 'start' };

  function takeName(response: Buffer): SaslStep {
    const text = utf8Text(response);
    const name = text === undefined ? undefined : prepareName(text);
    if (name === undefined)
      return malformed('The user name is empty, too long, not UTF-8, or holds a control character');
    state = { kind: 'password', name };
    return prompt(PASSWORD_PROMPT);
  }

  return {
    next(response) {
      if (state.kind === 'password') return takePassword(state.name, response);
      // The initial response, where there is one, is the user name.
      if (response !== undefined) return takeName(response);
      if (state.kind === 'name') return malformed('The user name is missing');
      state = { kind: 'name' };
      return prompt(NAME_PROMPT);
    },
  };
}

function takePassword(name: string, response: Buffer | undefined): SaslStep {
  const text = response === undefined ? undefined : utf8Text(response);
  const password = text === undefined ? undefined : preparePassword(text);
  if (password === undefined)
    return malformed('The password is empty, too long, not UTF-8, or holds a control character');
  return { kind: 'password', login: { mechanism: 'LOGIN', name, password, actAs: '' } };
}

function prompt(text: string): SaslStep {
  return { kind: 'challenge', data: Buffer.from(text) };
}

function malformed(text: string): SaslStep {
  return { kind: 'malformed', text };
}

/** Answers whatever is asked first with the name and then with the password: servers word their prompts differently. */
export function loginClient(login: ClientLogin): SaslClient {
  const answers = [login.name, login.password];
  return {
    mechanism: 'LOGIN',
    initial: undefined,
    next() {
      const answer = answers.shift();
      return answer === undefined ? undefined : Buffer.from(answer);
    },
    mayEnd: () => true,
  };
}
