export type Timers = {
  /** Runs `act` in so many milliseconds; a timer of that key and step that runs already is kept. */
  once: (key: string, step: string, ms: number, act: () => void) => void;
  cancel: (key: string) => void;
  cancelAll: () => void;
};

/** One timer per key. They do not hold the process open. */
export function createTimers(): Timers {
  const running = new Map<string, { step: string; handle: NodeJS.Timeout }>();
  const cancel = (key: string): void => {
    clearTimeout(running.get(key)?.handle);
    running.delete(key);
  };
  return {
    once: (key, step, ms, act) => {
      if (running.get(key)?.step === step) return;
      cancel(key);
      const handle = setTimeout(() => {
        running.delete(key);
        act();
      }, ms);
      handle.unref();
      running.set(key, { step, handle });
    },
    cancel,
    cancelAll: () => {
      for (const key of running.keys()) cancel(key);
    },
  };
}
