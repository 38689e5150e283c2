/** One request as the cluster sees it: below its prefix, nothing decoded yet. */
export type HttpCall = {
  method: string;
  /** Raw path below `/kubernetes`, without the query. */
  path: string;
  query: URLSearchParams;
  contentType: string;
  accept: string;
  authorization: string | undefined;
  body: string;
};

/** What goes back, unless it is a stream. */
export type HttpAnswer = {
  code: number;
  /** Sent as JSON, or as it is when it is text. */
  body: unknown;
  headers?: Record<string, string>;
  /** The call changed an object. */
  effect?: boolean;
};

export function isTrue(value: string | null): boolean {
  return value === '1' || value === 'true';
}
