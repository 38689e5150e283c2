/**
 * Short posts in the incident's channel. A notice's subject is its topic and the incident, so each topic is said once;
 * the text is made from stored state when it is drawn. A subject that is a number is a row of the log, told in words.
 */
export const NOTICE_TOPICS = [
  'all-resolved',
  'acknowledge-overdue',
  'raised-P0',
  'raised-P1',
  'raised-P2',
] as const;
export type NoticeTopic = (typeof NOTICE_TOPICS)[number];

export function noticeSubject(topic: NoticeTopic, incidentId: string): string {
  return `${topic}:${incidentId}`;
}

export type NoticeSubject =
  | { readonly kind: 'topic'; readonly topic: NoticeTopic; readonly incidentId: string }
  | { readonly kind: 'log-row'; readonly seq: number };

export function parseNoticeSubject(subject: string): NoticeSubject | undefined {
  if (/^\d{1,15}$/.test(subject)) return { kind: 'log-row', seq: Number(subject) };
  const colon = subject.indexOf(':');
  const topic = NOTICE_TOPICS.find((one) => one === subject.slice(0, colon));
  return topic === undefined ? undefined : { kind: 'topic', topic, incidentId: subject.slice(colon + 1) };
}
