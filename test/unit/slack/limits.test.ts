import { expect, test } from 'vitest';
import fc from 'fast-check';
import { noticeModal } from '../../../src/slack/notice-modal.ts';
import { escapeText, mention } from '../../../src/slack/text.ts';
import { foreignTokens, modalProblems, slackProblems } from '../../harness/slack-limits.ts';

test('a notice of any length is a modal that Slack takes', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1, maxLength: 5_000 }),
      fc.string({ minLength: 1, maxLength: 60 }),
      (text, title) => {
        const view = noticeModal(`${escapeText(text)} ${mention({ userId: 'U0ANA' })}`, title);
        expect(modalProblems(view)).toEqual([]);
        expect(foreignTokens(view)).toEqual([]);
      },
    ),
  );
});

test('the checks see what Slack would refuse, and tokens that are not ours', () => {
  const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } }) as const;
  expect(slackProblems([section('x'.repeat(3_001))])).not.toEqual([]);
  expect(slackProblems(Array.from({ length: 51 }, () => section('x')))).not.toEqual([]);
  expect(slackProblems(Array.from({ length: 10 }, () => section('x'.repeat(2_000))))).not.toEqual([]);
  expect(slackProblems([section('fine')])).toEqual([]);
  for (const token of ['<!channel>', '<!here>', '<javascript:x|y>', '<https://a.example>', '<@u1>', '<b']) {
    expect(foreignTokens({ blocks: [section(`a ${token} b`)] })).toEqual([
      expect.stringContaining(token.slice(0, 2)),
    ]);
    expect(foreignTokens({ text: token })).not.toEqual([]);
    expect(foreignTokens({ text: { type: 'plain_text', text: token } })).toEqual([]);
  }
  expect(
    foreignTokens({ text: '<@U1> <!subteam^S1> <#C1> <!date^1^{time}|x> <https://a.example|A>' }),
  ).toEqual([]);
});
