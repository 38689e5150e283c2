import { randomBytes } from 'node:crypto';

/** Makes ids; passed as a dependency so that tests can name them. */
export type NewId = () => string;

/** 128 random bits as 22 url-safe characters (OWASP ASVS 11.5.1 asks for at least 128 bits; UUIDs have 122). */
export const newId: NewId = () => randomBytes(16).toString('base64url');
