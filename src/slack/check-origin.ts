import { CodedError } from '../errors.ts';
import type { Identity } from './identity.ts';
import type { Incoming } from './incoming.ts';

/**
 * Refuses what is not from our workspace and for our app: another team, another app, an installation on a whole
 * organisation. Who acts is looked at afterwards (people/resolve-person.ts).
 * @throws CodedError `not_allowed`
 */
export function checkOrigin(identity: Identity, incoming: Incoming): void {
  if (incoming.teamId !== identity.teamId || incoming.isEnterpriseInstall) {
    throw refused('foreign_team', 'This Tocsin serves another workspace; nothing was changed.');
  }
  if (identity.appId !== null && incoming.appId !== '' && incoming.appId !== identity.appId) {
    throw refused('foreign_app', 'That was meant for another app; nothing was changed.');
  }
  if (
    identity.enterpriseId !== null &&
    incoming.enterpriseId !== '' &&
    incoming.enterpriseId !== identity.enterpriseId
  ) {
    throw refused('foreign_enterprise', 'This Tocsin serves another organisation; nothing was changed.');
  }
  if (incoming.user.userId === '') throw refused('nobody', 'Slack did not say who you are.');
}

function refused(reason: string, sentence: string): CodedError {
  return new CodedError('not_allowed', sentence, { details: { reason } });
}
