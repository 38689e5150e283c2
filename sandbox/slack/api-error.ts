/** A refusal as Slack words it: `{ ok: false, error: code, …extra }`. */
export class SlackApiError extends Error {
  code: string;
  extra: Record<string, unknown>;

  constructor(code: string, extra: Record<string, unknown> = {}) {
    super(code);
    this.name = 'SlackApiError';
    this.code = code;
    this.extra = extra;
  }
}

/** An `invalid_…` refusal that names what is wrong, as Slack does. */
export function refusal(code: string, messages: string[]): SlackApiError {
  return new SlackApiError(code, {
    response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) },
  });
}
