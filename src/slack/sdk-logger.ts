import type { Logger } from '../logger.ts';

/** The shape that Slack's SDKs expect of a logger. */
export interface SdkLogger<Level> {
  debug(...parts: unknown[]): void;
  info(...parts: unknown[]): void;
  warn(...parts: unknown[]): void;
  error(...parts: unknown[]): void;
  setLevel(level: unknown): void;
  getLevel(): Level;
  setName(name: string): void;
}

const LONGEST = 500;

/**
 * Hands what Slack's SDKs report to our log, one level down: they call ordinary answers of Slack an error. Objects are
 * left out, since they may hold requests with tokens.
 */
export function createSdkLogger<Level>(log: Logger, level: Level): SdkLogger<Level> {
  const say = (level: 'debug' | 'info', parts: readonly unknown[]): void => {
    const texts = parts.map((part) => (part instanceof Error ? part.message : part));
    log[level](
      { part: 'slack-sdk' },
      texts
        .filter((part) => typeof part === 'string')
        .join(' ')
        .slice(0, LONGEST),
    );
  };
  return {
    debug: () => {},
    info: () => {},
    warn: (...parts) => say('debug', parts),
    error: (...parts) => say('info', parts),
    setLevel: () => {},
    getLevel: () => level,
    setName: () => {},
  };
}
