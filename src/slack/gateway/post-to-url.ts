import { CodedError } from '../../errors.ts';

export interface PostToUrlInput {
  readonly url: string;
  /** Where Slack's Web API is; its origin is allowed. */
  readonly apiUrl: string;
  readonly body: string;
  readonly contentType: string;
  readonly timeoutMs: number;
}

const SLACK_HOST = /^(?:[a-z0-9-]+\.)*slack\.com$/;

/**
 * Posts to an address that Slack gave us (response_url, upload URL). Only Slack's own hosts are called, whatever a
 * payload says, and no redirect is followed.
 */
export async function postToUrl(input: PostToUrlInput): Promise<void> {
  if (!isSlackAddress(input.url, input.apiUrl)) {
    throw new CodedError('bad_input', 'That address is not one of Slack.', {
      details: { slack: 'foreign_url' },
    });
  }
  let status: number;
  try {
    const response = await fetch(input.url, {
      method: 'POST',
      headers: { 'content-type': input.contentType },
      body: input.body,
      redirect: 'error',
      signal: AbortSignal.timeout(input.timeoutMs),
    });
    status = response.status;
    await response.body?.cancel();
  } catch (error) {
    throw new CodedError('ambiguous', 'Slack did not say whether that worked.', { cause: error });
  }
  if (status >= 300) {
    throw new CodedError(
      status >= 500 ? 'ambiguous' : 'not_found',
      'Slack does not take that answer any more.',
      {
        details: { slack: `http_${status}` },
      },
    );
  }
}

export function isSlackAddress(url: string, apiUrl: string): boolean {
  if (!URL.canParse(url)) return false;
  const address = new URL(url);
  if (address.origin === new URL(apiUrl).origin) return true;
  return address.protocol === 'https:' && address.port === '' && SLACK_HOST.test(address.hostname);
}
