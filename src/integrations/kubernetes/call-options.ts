import type { ConfigurationOptions } from '@kubernetes/client-node';
import type { Connection } from './connect.ts';

/** Options of one API call: ends with `signal`, and is sent with this content type. */
export function callOptions(
  { library }: Connection,
  signal: AbortSignal,
  contentType?: string,
): ConfigurationOptions {
  const { Observable } = library;
  return {
    middleware: [
      {
        pre: (request) => {
          request.setSignal(signal);
          if (contentType !== undefined) request.setHeaderParam('Content-Type', contentType);
          return new Observable(Promise.resolve(request));
        },
        post: (response) => new Observable(Promise.resolve(response)),
      },
    ],
    // Otherwise these would replace the client's own, which add the account.
    middlewareMergeStrategy: 'append',
  };
}
