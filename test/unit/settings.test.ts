import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { readSettings, SettingsError } from '../../src/settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const slack = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'new, old' };

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readSettings(environment);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

describe('settings', () => {
  it('names everything that is missing or wrong at once', () => {
    expect(problemsOf({ PORT: 'eighty', LOG_LEVEL: 'loud', SLACK_API_URL: 'slack' })).toEqual([
      expect.stringContaining('PORT must be a port number'),
      expect.stringContaining('LOG_LEVEL must be one of'),
      expect.stringContaining('SLACK_BOT_TOKEN is missing'),
      expect.stringContaining('SLACK_SIGNING_SECRET'),
      expect.stringContaining('SLACK_API_URL must be an absolute URL'),
    ]);
  });

  it('takes several tokens during a rotation, for senders and for Slack', () => {
    const settings = readSettings({ ...slack, ALERT_TOKEN_ALERTMANAGER: 'a,b', ALERT_TOKEN_MY_SENDER: 'c' });
    expect(settings.alertTokens.get('alertmanager')?.map((one) => one.reveal())).toEqual(['a', 'b']);
    expect(settings.alertTokens.get('my-sender')?.map((one) => one.reveal())).toEqual(['c']);
    const { delivery } = settings.slack;
    expect(delivery.mode === 'http' && delivery.signingSecrets.map((one) => one.reveal())).toEqual([
      'new',
      'old',
    ]);
  });

  it('prefers Socket Mode when it has an app-level token', () => {
    expect(readSettings({ ...slack, SLACK_APP_TOKEN: 'xapp-1' }).slack.delivery.mode).toBe('socket');
  });

  it('reads a value from a file, and refuses two truths', () => {
    const file = join(folder, 'token');
    writeFileSync(file, 'xoxb-from-file\n');
    const settings = readSettings({ SLACK_SIGNING_SECRET: 's', SLACK_BOT_TOKEN_FILE: file });
    expect(settings.slack.botToken.reveal()).toBe('xoxb-from-file');
    expect(problemsOf({ ...slack, SLACK_BOT_TOKEN_FILE: file })).toEqual([
      'SLACK_BOT_TOKEN and SLACK_BOT_TOKEN_FILE are both set; keep one',
    ]);
    expect(
      problemsOf({ SLACK_SIGNING_SECRET: 's', SLACK_BOT_TOKEN_FILE: join(folder, 'none') })[0],
    ).toContain('names a file that cannot be read');
  });

  it('prints no secret, however it is printed', () => {
    const settings = readSettings({
      ...slack,
      DATABASE_URL: 'postgres://u:hunter2@h/d',
      ALERT_TOKEN_GENERIC: 'hunter3',
    });
    const printed = [
      inspect(settings, { depth: 9 }),
      JSON.stringify([...settings.alertTokens, settings]),
    ].join();
    expect(printed).not.toMatch(/hunter|xoxb-1|\bold\b/);
  });
});
