import type { Fault, Faults } from '../faults.ts';
import { failure, type Status } from './status.ts';
import type { OpenWatch } from './watch.ts';

const OF_WATCHES = new Set<Fault['kind']>(['drop_watch', 'watch_gone', 'half_open']);

/** The fault armed for a call, if any; those that end watches are left for `endWatches`. */
export function takeFault(
  faults: Faults,
  verb: string,
  path: string,
  facts: Record<string, string | undefined>,
): Fault | undefined {
  const only = (fault: Fault): boolean =>
    !OF_WATCHES.has(fault.kind) || (fault.kind === 'half_open' && verb !== 'WATCH');
  const fault = faults.take(`kubernetes:${verb} ${path}`, facts, only);
  return fault ?? (verb === 'WATCH' ? faults.take(`kubernetes:GET ${path}`, facts, only) : undefined);
}

/**
 * Ends open watches for which such a fault is armed, also those that were opened before it was armed. A fault on
 * WATCH or GET of the path counts.
 */
export function endWatches(faults: Faults, open: Set<OpenWatch>): void {
  if (faults.list().length === 0) return;
  const only = (fault: Fault): boolean => OF_WATCHES.has(fault.kind);
  for (const watch of open) {
    const fault =
      faults.take(`kubernetes:WATCH ${watch.path}`, {}, only) ??
      faults.take(`kubernetes:GET ${watch.path}`, {}, only);
    if (fault?.kind === 'drop_watch' || fault?.kind === 'watch_gone' || fault?.kind === 'half_open')
      watch.end(fault.kind);
  }
}

/** The Status object that an injected error code answers. */
export function injected(code: number): Status {
  const why: Record<number, string> = {
    403: 'forbidden: injected by the sandbox: the account may not do this',
    409: 'Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version and try again',
    429: 'the server has received too many requests and has asked us to try again later',
    500: 'Internal error occurred: injected by the sandbox',
    503: 'the server is currently unable to handle the request',
  };
  return failure(code, why[code] ?? 'injected by the sandbox');
}
