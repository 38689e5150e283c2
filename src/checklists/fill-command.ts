export interface CommandTarget {
  readonly service: string | null;
  readonly namespace: string | null;
  readonly deployment: string | null;
}

const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/**
 * A command to copy with `<service>`, `<namespace>` and `<deployment>` filled in; other placeholders stay for the person. A value
 * that is not a plain Kubernetes name (RFC 1123) stays out, since the result is pasted into a shell.
 */
export function fillCommand(command: string, target: CommandTarget): string {
  return command.replaceAll(
    /<(service|namespace|deployment)>/g,
    (placeholder, key: 'service' | 'namespace' | 'deployment') => {
      const value = target[key];
      return value !== null && NAME.test(value) ? value : placeholder;
    },
  );
}
