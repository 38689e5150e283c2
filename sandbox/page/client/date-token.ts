/** Slack's date tokens, `<!date^epoch^{date_short_pretty} at {time}|fallback>`, in the reader's own zone. */

export interface DateOptions {
  now: Date;
  /** IANA zone; the browser's own when left out. */
  timeZone?: string;
}

/**
 * Fills the placeholders of a date token.
 * @param epoch seconds since 1970
 * @returns the filled text, or null when `epoch` is no usable time or a placeholder is unknown (show the fallback then)
 */
export function formatDateToken(epoch: number, format: string, options: DateOptions): string | null {
  const date = new Date(epoch * 1000);
  if (Number.isNaN(date.getTime())) return null;
  let known = true;
  const filled = format.replaceAll(/\{([a-z_]+)\}/g, (_whole, name: string) => {
    const text = placeholder(name, date, options);
    if (text === null) known = false;
    return text ?? '';
  });
  return known ? filled : null;
}

const DATE_STYLES: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  date: { month: 'long', day: 'numeric', year: 'numeric' },
  date_short: { month: 'short', day: 'numeric', year: 'numeric' },
  date_long: { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' },
  time: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  time_secs: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
};

function placeholder(name: string, date: Date, options: DateOptions): string | null {
  if (name === 'date_num') return dayKey(date, options);
  if (name === 'ago') return ago(date, options.now);
  if (name === 'day_divider_pretty') return pretty('date_long', date, options);
  if (name.endsWith('_pretty')) return pretty(name.slice(0, -'_pretty'.length), date, options);
  const style = DATE_STYLES[name];
  return style === undefined ? null : inZone(date, style, options);
}

function pretty(base: string, date: Date, options: DateOptions): string | null {
  const style = DATE_STYLES[base];
  if (style === undefined || base.startsWith('time')) return null;
  const day = dayKey(date, options);
  const oneDay = 86_400_000;
  if (day === dayKey(options.now, options)) return 'today';
  if (day === dayKey(new Date(options.now.getTime() - oneDay), options)) return 'yesterday';
  if (day === dayKey(new Date(options.now.getTime() + oneDay), options)) return 'tomorrow';
  return inZone(date, style, options);
}

/** YYYY-MM-DD in the reader's zone. */
export function dayKey(date: Date, options: DateOptions): string {
  return inZone(date, { year: 'numeric', month: '2-digit', day: '2-digit' }, options, 'en-CA');
}

function inZone(
  date: Date,
  style: Intl.DateTimeFormatOptions,
  options: DateOptions,
  locale = 'en-GB',
): string {
  const zone = options.timeZone === undefined ? {} : { timeZone: options.timeZone };
  return new Intl.DateTimeFormat(locale, { ...style, ...zone }).format(date);
}

function ago(date: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - date.getTime()) / 1000);
  const size = Math.abs(seconds);
  const said =
    size < 60
      ? 'less than a minute'
      : size < 3600
        ? count(size / 60, 'minute')
        : size < 86_400
          ? count(size / 3600, 'hour')
          : count(size / 86_400, 'day');
  return seconds >= 0 ? `${said} ago` : `in ${said}`;
}

function count(amount: number, unit: string): string {
  const whole = Math.floor(amount);
  return `${String(whole)} ${unit}${whole === 1 ? '' : 's'}`;
}
