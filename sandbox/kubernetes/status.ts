import { qualifiedName, type ResourceInfo } from './resources.ts';

export type StatusCause = { reason: string; message: string; field: string };

export type Status = {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: Record<string, never>;
  status: 'Failure' | 'Success';
  message?: string;
  reason?: string;
  details?: Record<string, unknown>;
  code?: number;
};

/** A request the API server refuses; carries the Status object it answers. */
export class StatusError extends Error {
  readonly status: Status;

  constructor(status: Status) {
    super(status.message ?? 'refused');
    this.name = 'StatusError';
    this.status = status;
  }
}

/** A failure with the API's own reason word for that HTTP code. */
export function failure(code: number, message: string, details?: Record<string, unknown>): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: REASONS[code] ?? 'InternalError',
    ...(details ? { details } : {}),
    code,
  };
}

export function notFound(info: ResourceInfo, name: string): StatusError {
  return new StatusError(failure(404, `${qualifiedName(info)} "${name}" not found`, detailsOf(info, name)));
}

export function alreadyExists(info: ResourceInfo, name: string): StatusError {
  const status = failure(409, `${qualifiedName(info)} "${name}" already exists`, detailsOf(info, name));
  return new StatusError({ ...status, reason: 'AlreadyExists' });
}

export function conflict(info: ResourceInfo, name: string): StatusError {
  const why = 'the object has been modified; please apply your changes to the latest version and try again';
  const message = `Operation cannot be fulfilled on ${qualifiedName(info)} "${name}": ${why}`;
  return new StatusError(failure(409, message, detailsOf(info, name)));
}

export function invalid(info: ResourceInfo, name: string, causes: StatusCause[]): StatusError {
  const list = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const said = list.length === 1 ? list.join('') : `[${list.join(', ')}]`;
  const what = info.group === '' ? info.kind : `${info.kind}.${info.group}`;
  const details = { name, group: info.group, kind: info.kind, causes };
  return new StatusError(failure(422, `${what} "${name}" is invalid: ${said}`, details));
}

export function badRequest(message: string): StatusError {
  return new StatusError(failure(400, message));
}

/** The resource version asked for is no longer (or not yet) in this server's memory. */
export function gone(asked: string, oldest: number): Status {
  return failure(410, `too old resource version: ${asked} (${oldest})`);
}

function detailsOf(info: ResourceInfo, name: string): Record<string, unknown> {
  return { name, ...(info.group === '' ? {} : { group: info.group }), kind: info.resource };
}

const REASONS: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  410: 'Expired',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};
