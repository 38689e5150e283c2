import type { World } from '../world.ts';
import type { Args } from './args.ts';
import type { Json } from './types.ts';

export type Call = { world: World; args: Args };

/** One Web API method: `run` returns the answer without `ok`, or throws a `SlackApiError`. */
export type Method = {
  /** It changes the workspace when it is accepted, unless its answer says `no_op`. */
  writes: boolean;
  /** Which token it takes; none for api.test. */
  token: 'bot' | 'app' | 'none';
  run: (call: Call) => Json;
};

export type Methods = Record<string, Method>;

export function reads(run: Method['run']): Method {
  return { writes: false, token: 'bot', run };
}

export function writes(run: Method['run']): Method {
  return { writes: true, token: 'bot', run };
}
