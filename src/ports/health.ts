export interface HealthAnswer {
  readonly ok: boolean;
  /** What was seen, in a few words: "answers 200", "no answer within 2 s". */
  readonly text: string;
}

/** Asks a service's health address. Never throws: no answer is an answer too. */
export type ProbeHealth = (url: string, options: { readonly timeoutMs: number }) => Promise<HealthAnswer>;
