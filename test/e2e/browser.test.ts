import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT } from '../harness/program.ts';
import { requireChromium } from '../harness/services.ts';
import { startWorld } from '../harness/world.ts';
import type { World } from '../harness/world.ts';

/** The README's picture, taken anew only on demand: its times differ from run to run. */
const SCREENSHOT =
  process.env['UPDATE_SCREENSHOT'] === '1' ? join(ROOT, 'docs', 'images', 'incident.png') : null;
/** Where to leave pictures of every step, for whoever wants to look at them. */
const PICTURES = process.env['TOCSIN_PICTURES'];

const APPROVE = 'Approve restart of User Profile Service (prod)';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let world: World;
let browser: Browser;
let page: Page;
const errors: string[] = [];

beforeAll(async () => {
  world = await startWorld({ rolloutMs: 400 });
  browser = await chromium.launch({ executablePath: await requireChromium(), args: ARGS });
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(20_000);
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(world.sandbox.url);
});
afterAll(async () => {
  await browser?.close();
  await world?.stop();
});

it('a newcomer lives a P0 in the browser, from the first click to the RCA', async () => {
  await next('Fire');
  await page
    .getByTestId('guide-next')
    .filter({ hasText: /open|go/i })
    .click();
  await picture('1-opened');
  await main().getByRole('button', { name: 'Acknowledge INC-1 and take command' }).click();
  await main().getByText('You have command of INC-1.').waitFor();

  const box = main().getByRole('checkbox', { name: /Open a call for the responders/ });
  await box.check();
  await main()
    .getByText(/1 of 20 done/)
    .first()
    .waitFor();
  await picture('2-ticked');

  await type('/incident run restart');
  const modal = page.getByTestId('modal');
  await modal.getByText('Outage:').waitFor();
  await modal.getByLabel('Why, in one line').fill('Heap is full and nothing was deployed');
  await picture('3-asks');
  await modal.getByTestId('modal-submit').click();

  await page.getByTestId('act-as').selectOption({ label: 'Mira Novak' });
  const approve = main().getByRole('button', { name: APPROVE });
  await approve.waitFor();
  await picture('4-approval');
  if (SCREENSHOT !== null) await takeScreenshot(SCREENSHOT);
  await narrow(async () => {
    await approve.scrollIntoViewIfNeeded();
    await picture('4-approval');
  });
  await approve.click();
  await main()
    .getByText(/3 of 3 updated, 3 available/)
    .first()
    .waitFor();
  await picture('5-done');

  await page.getByRole('button', { name: 'Resolve UserProfileServiceDown' }).click();
  await main().getByText('All alerts of INC-1 are resolved.').first().waitFor();
  await page.getByTestId('act-as').selectOption({ label: 'Ana Silva' });
  await type('/incident resolve');
  await modal.getByLabel('What did users notice?').fill('Profiles did not load');
  await picture('6-resolve');
  await modal.getByTestId('modal-submit').click();
  await main()
    .getByText(/Root cause analysis of INC-1/)
    .first()
    .waitFor();
  await main()
    .getByText(/inc-1.*\.md/i)
    .first()
    .waitFor();
  await picture('7-rca');
  await page.getByText('That is the whole way, from an alert to an RCA.').waitFor();
  expect(errors).toEqual([]);
});

/** The guide at the side says what comes next and has its button. */
async function next(words: string): Promise<void> {
  await page.getByTestId('guide-next').filter({ hasText: words }).click();
}

function main(): Locator {
  return page.locator('#main');
}

async function type(line: string): Promise<void> {
  const composer = page.getByTestId('composer');
  await composer.fill(line);
  await composer.press('Escape');
  await composer.press('Enter');
}

/** More of the channel than a small window shows, at the size the README has: 1280 × 800. */
async function takeScreenshot(path: string): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const wide = await browser.newPage({
    viewport: { width: 1680, height: 1050 },
    deviceScaleFactor: 1280 / 1680,
  });
  await wide.goto(page.url());
  await wide.getByTestId('act-as').selectOption({ label: 'Mira Novak' });
  await wide.getByRole('navigation').getByText(/inc-1/).click();
  const approve = wide.getByRole('button', { name: APPROVE });
  await approve.scrollIntoViewIfNeeded();
  await wide.mouse.move(0, 0);
  await wide.screenshot({ path });
  await wide.close();
}

async function narrow(look: () => Promise<void>): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 });
  await look();
  const wider = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
  expect(wider).toBe(0);
  await page.setViewportSize({ width: 1280, height: 800 });
}

async function picture(name: string): Promise<void> {
  if (PICTURES === undefined) return;
  const { width } = page.viewportSize() ?? { width: 0 };
  await page.screenshot({ path: join(PICTURES, `${name}-${width}.png`) });
}
